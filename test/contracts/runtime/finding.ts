import { expect, test } from 'vitest';
import { say } from '../../../src/runtime/fake/verb.ts';
import { labelKeys } from '../../../src/runtime/runtime.ts';
import { allOf } from './bench.ts';
import type { Contract } from './under-test.ts';
import { inWorkspace } from './volumes.ts';

/** What another process finds, adopts and removes. */
export function findingContract({ bench, traits }: Contract): void {
  test('finds a workload by all of its labels, with its state', async () => {
    const running = await bench().start([say.hang()]);
    const ended = await bench().start([say.exit(0)], { labels: { ...bench().labels, [labelKeys.attempt]: '2' } });
    await ended.exited('main');
    const other = await bench().reopen();
    // A platform may list a state that is a second old.
    await expect
      .poll(
        async () =>
          (await bench().refs(bench().labels, other))
            .map(({ id, name, state }) => ({ id, name, state }))
            .sort((a, b) => a.state.localeCompare(b.state)),
        { timeout: 10_000 },
      )
      .toEqual([
        { id: ended.ref.id, name: ended.ref.name, state: 'exited' },
        { id: running.ref.id, name: running.ref.name, state: 'running' },
      ]);
    const [second, ...rest] = await bench().refs({ ...bench().labels, [labelKeys.attempt]: '2' }, other);
    expect(second?.labels).toMatchObject({ ...bench().labels, [labelKeys.attempt]: '2' });
    expect(rest).toEqual([]);
    expect(await bench().refs({ ...bench().labels, [labelKeys.step]: '9.9.9' }, other)).toEqual([]);
  });

  test('finds nothing after the workload was disposed', async () => {
    const workload = await bench().start([say.hang()]);
    await workload[Symbol.asyncDispose]();
    expect(await bench().refs()).toEqual([]);
  });

  test('reports to the owner that another process removed a running workload', async () => {
    const workload = await bench().start([say.ignoreTerm(), say.print('up\n'), say.hang()]);
    await bench().hearUntil(workload, 'up');
    const other = await bench().reopen();
    for (const ref of await bench().refs(bench().labels, other)) await other.remove(ref, 0);
    const exit = await workload.exited('main');
    expect('failure' in exit ? exit.failure.code : exit.code).toSatisfy(
      (end) => end === 'workload-deleted' || end === 137,
    );
    expect(await bench().leftovers()).toEqual([]);
  });

  test('removes twice, and after dispose', async () => {
    const workload = await bench().start([say.exit(0)]);
    const other = await bench().reopen();
    await Promise.all([other.remove(workload.ref, 0), other.remove(workload.ref, 0)]);
    await other.remove(workload.ref, 1_000);
    await workload[Symbol.asyncDispose]();
    await bench().runtime.remove(workload.ref, 0);
    expect(await bench().leftovers()).toEqual([]);
  });

  test('remove sends SIGTERM before SIGKILL', async () => {
    const workload = await bench().start([say.exitOnTerm(0), say.print('up\n'), say.hang()]);
    await bench().hearUntil(workload, 'up');
    await (await bench().reopen()).remove(workload.ref, 3_600_000);
    expect(await bench().leftovers()).toEqual([]);
  });

  test.skipIf(!traits.adoption)('adopts a running workload: the rest of the output and the end are exact', async () => {
    const workload = await bench().start(
      [
        say.print('before\n'),
        say.count(500),
        say.wait('go'),
        say.print('after\n'),
        ...(traits.apart ? [say.print('oh', 'stderr')] : []),
        say.exit(3),
      ],
      inWorkspace(),
    );
    const first = await bench().hearUntil(workload, 'before');
    const other = await bench().reopen();
    const adopted = await adopt(other);
    await bench().exec(adopted, [say.write('go', '')]);
    const rest = await bench().hear(adopted, first.cursors);
    const numbers = Array.from({ length: 500 }, (_, i) => `${i + 1}\n`).join('');
    expect(first.stdout.toString() + rest.stdout.toString() === `before\n${numbers}after\n`).toBe(true);
    expect(rest.stderr.toString()).toBe(traits.apart ? 'oh' : '');
    expect(await adopted.exited('main')).toMatchObject({ code: 3 });
    await adopted[Symbol.asyncDispose]();
    expect(await bench().leftovers()).toEqual([]);
  });

  test.skipIf(!traits.adoption)('adopts an ended workload: output, exit code and files are kept', async () => {
    const workload = await bench().start(
      [say.write('made', 'file'), say.print('all of it'), say.exit(9)],
      inWorkspace(),
    );
    await workload.exited('main');
    const adopted = await adopt(await bench().reopen());
    expect((await bench().hear(adopted)).stdout.toString()).toBe('all of it');
    expect((await bench().hear(adopted, traits.apart ? { stdout: 7 } : { combined: 7 })).stdout.toString()).toBe('it');
    expect(await adopted.exited('main')).toMatchObject({ code: 9 });
    expect(await adopted.copyOut('main', '/mnt/repo/made', new AbortController().signal)).toBeDefined();
  });

  test.skipIf(!traits.adoption)('lets the adopting process stop the workload', async () => {
    const workload = await bench().start([say.exitOnTerm(5), say.print('up\n'), say.hang()]);
    await bench().hearUntil(workload, 'up');
    const adopted = await adopt(await bench().reopen());
    await adopted.stop(20_000);
    expect(await adopted.exited('main')).toMatchObject({ code: 5 });
  });

  test.skipIf(!traits.adoption || !traits.restarts)(
    'does not adopt a workload that another client restarted',
    async () => {
      const workload = await bench().start([say.print('up\n'), say.hang()]);
      await bench().hearUntil(workload, 'up');
      await bench().restart(workload.ref);
      const other = await bench().reopen();
      const [ref] = await bench().refs(bench().labels, other);
      const { startedAt } = workload.ref;
      expect(startedAt).toBeTypeOf('number');
      const outcome =
        ref && (await other.adopt({ ...ref, ...(startedAt !== undefined && { startedAt }) }, bench().work()));
      expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'workload-restarted' } });
    },
  );

  test.skipIf(!traits.adoption || !traits.restarts)(
    'fails if another client restarts an adopted workload',
    async () => {
      await bench().start([say.print('up\n'), say.hang()]);
      const adopted = await adopt(await bench().reopen());
      await bench().hearUntil(adopted, 'up');
      await bench().restart(adopted.ref);
      const exit = await adopted.exited('main');
      expect('failure' in exit ? exit.failure.code : exit.code).toSatisfy(
        (end) => end === 'workload-restarted' || end === 143,
      );
    },
  );

  test.skipIf(traits.adoption)(
    'returns runtime-lost if workloads cannot be adopted, and can still remove them',
    async () => {
      const workload = await bench().start([say.print('up\n'), say.hang()]);
      await bench().hearUntil(workload, 'up');
      const other = await bench().reopen();
      const [ref] = await bench().refs(bench().labels, other);
      expect(ref && (await other.adopt(ref, bench().work()))).toMatchObject({
        status: 'failed',
        failure: { code: 'runtime-lost' },
      });
      if (ref) await other.remove(ref, 0);
      expect(await bench().leftovers()).toEqual([]);
    },
  );

  test('returns workload-deleted for a missing workload', async () => {
    const workload = await bench().start([say.exit(0)]);
    await workload[Symbol.asyncDispose]();
    const other = await bench().reopen();
    expect(await other.adopt(workload.ref, bench().work())).toMatchObject({
      status: 'failed',
      failure: { code: 'workload-deleted' },
    });
  });

  test('ends finding on the signal', async () => {
    await bench().start([say.hang()]);
    const looking = allOf(bench().runtime.find(bench().labels, AbortSignal.abort(new Error('enough'))));
    await Promise.allSettled([looking]);
  });

  async function adopt(other: Awaited<ReturnType<ReturnType<Contract['bench']>['reopen']>>) {
    const [ref] = await bench().refs(bench().labels, other);
    if (!ref) throw new Error('not found');
    const outcome = await other.adopt(ref, bench().work());
    if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
    return bench().tracked(outcome.value);
  }
}
