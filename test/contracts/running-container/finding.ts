import { expect, test } from 'vitest';
import { say } from '../../../src/runtime/fake/verb.ts';
import type { ContainerSelector } from '../../../src/runtime/running-container.ts';
import { labelKeys } from '../../../src/runtime/runtime.ts';
import { until } from './bench.ts';
import type { RunningContract } from './under-test.ts';

/** Which containers a watch finds, and when. */
export function runningFindingContract({ bench }: RunningContract): void {
  test('finds a container that runs already, and reports that it is complete', async () => {
    const name = await bench().create([say.hang()]);
    const watch = bench().watch();
    await watch.connected();
    expect(watch.changes.map(({ change }) => change)).toEqual(['appeared', 'connected']);
    const { ref } = await watch.appeared();
    expect(ref).toMatchObject({ runtime: bench().runtime.kind, group: name, kind: 'app' });
    expect(ref.labels).toMatchObject(bench().labels);
  });

  test('finds containers that appear later, each once', async () => {
    const watch = bench().watch();
    await watch.connected();
    const names = [await bench().create([say.hang()]), await bench().create([say.exit(0)])];
    for (const name of names) await watch.appeared(name);
    expect([...watch.names].sort()).toEqual(names.sort());
  });

  test('finds only containers with all labels and the same values', async () => {
    await bench().create([say.hang()], { labels: { part: 'one' } });
    await bench().create([say.hang()], { labels: { other: 'two' } });
    const wanted = await bench().create([say.hang()], { labels: { part: 'two' } });
    const watch = bench().watch({ labels: { ...bench().labels, part: 'two' } });
    await watch.connected();
    const later = await bench().create([say.hang()], { labels: { part: 'two', other: 'x' } });
    await bench().create([say.hang()], { labels: { part: 'twox' } });
    await watch.appeared(later);
    const all = bench().watch();
    await all.connected();
    expect([all.names.length, watch.names]).toEqual([5, [wanted, later]]);
  });

  test('finds only containers with the wanted name', async () => {
    const name = await bench().create([say.hang()]);
    const all = bench().watch();
    const { ref } = await all.appeared(name);
    const same = bench().watch({ labels: bench().labels, container: ref.name });
    const other = bench().watch({ labels: bench().labels, container: 'no-such-container' });
    await Promise.all([same.connected(), other.connected()]);
    expect([same.names, other.names]).toEqual([[name], []]);
  });

  test('finds the containers of a workload that Slipway started, with the names of its specification', async () => {
    const watch = bench().watch();
    const spec = {
      name: `running-workload-${bench().labels['slipway.test/running']}`,
      labels: { ...bench().labels, [labelKeys.store]: 'contract', [labelKeys.lifetime]: 'kept' },
      lifetime: 'kept' as const,
      volumes: [],
      pull: 'never' as const,
      containers: [{ name: 'main', image: bench().image, command: bench().argv(say.hang()), env: {}, mounts: [] }],
    };
    const outcome = await bench().runtime.start(spec, bench().work());
    if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
    await using workload = outcome.value;
    const change = await watch.until(
      (each) => each.change === 'appeared' && each.container.ref.name === 'main' && each.container.ref.kind === 'app',
    );
    if (change.change !== 'appeared') throw new Error('unreachable');
    expect(change.container.ref).toMatchObject({ group: spec.name, name: 'main' });
    await until(change.container, ({ state }) => state.phase === 'running');
    await workload[Symbol.asyncDispose]();
    await watch.gone(spec.name);
  });

  test('reports a removed container, and everything that waits for it ends', async () => {
    const watch = bench().watch();
    const name = await bench().create([say.print('up\n'), say.hang()]);
    const container = await watch.appeared();
    await until(container, ({ state }) => state.phase === 'running');
    const { signal } = new AbortController();
    const all = Promise.all([
      last(container.statuses(signal)),
      last(container.restarted(signal)),
      last(container.logs({}, signal)),
    ]);
    await bench().remove(name);
    await watch.gone(name);
    expect(container.status()).toMatchObject({ state: { phase: 'gone' }, ready: false });
    const [status, restart] = await all;
    expect([status?.state, restart]).toEqual([{ phase: 'gone' }, undefined]);
    expect(await last(container.logs({}, signal))).toBeUndefined();
  });

  test('the signal of the watch ends it, and what waits for its containers', async () => {
    const watch = bench().watch();
    await bench().create([say.hang()]);
    const container = await watch.appeared();
    await until(container, ({ state }) => state.phase === 'running');
    const { signal } = new AbortController();
    const all = Promise.all([
      last(container.statuses(signal)),
      last(container.restarted(signal)),
      last(container.logs({}, signal)),
    ]);
    await watch.stop();
    expect(watch.failure).toBeUndefined();
    expect((await all)[0]).toMatchObject({ state: { phase: 'running' } });
    expect(container.status()).toMatchObject({ state: { phase: 'running' } });
  });

  test('an aborted signal ends each wait at once, and without an error', async () => {
    const container = await bench().running([say.hang()]);
    const signal = AbortSignal.abort();
    expect(await last(bench().runtime.running!.watch({ labels: bench().labels }, signal))).toBeUndefined();
    expect(await last(container.statuses(signal))).toBeUndefined();
    expect(await last(container.restarted(signal))).toBeUndefined();
    expect(await last(container.logs({}, signal))).toBeUndefined();
    const cancel = new AbortController();
    const waiting = Promise.all([
      last(container.statuses(cancel.signal)),
      last(container.restarted(cancel.signal)),
      last(container.logs({}, cancel.signal)),
    ]);
    await bench().exec(container, say.exit(0));
    cancel.abort();
    await waiting;
  });

  test.each<[string, ContainerSelector]>([
    ['no labels', { labels: {} }],
    ['an empty key', { labels: { '': 'x' } }],
  ])('refuses a selector with %s', async (_, selector) => {
    const { signal } = new AbortController();
    await expect(last(bench().runtime.running!.watch(selector, signal))).rejects.toMatchObject({
      name: 'RuntimeRefused',
      failure: { code: 'unsupported' },
    });
  });

  test('finds nothing for labels that no container has, and still ends on its signal', async () => {
    const watch = bench().watch({ labels: { ...bench().labels, 'no-such': 'label' } });
    await watch.connected();
    await watch.stop();
    expect(watch.changes).toEqual([{ change: 'connected' }]);
  });
}

async function last<T>(source: AsyncIterable<T>): Promise<T | undefined> {
  let item: T | undefined;
  for await (const each of source) item = each;
  return item;
}
