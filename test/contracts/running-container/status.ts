import { expect, test } from 'vitest';
import { say } from '../../../src/runtime/fake/verb.ts';
import { until } from './bench.ts';
import type { RunningContract } from './under-test.ts';

/** Statuses from the creation to the removal. */
export function runningStatusContract({ bench }: RunningContract): void {
  test('reports a container that runs, and how it ends', async () => {
    const container = await bench().running([say.take('/go'), say.exit(3)]);
    const running = await until(container, ({ ready, imageId }) => ready && imageId !== undefined);
    expect(running).toMatchObject({ state: { phase: 'running' }, restarts: 0, ready: true, image: bench().image });
    expect(running.previousEnd).toBeUndefined();
    const startedAt = running.state.phase === 'running' ? running.state.startedAt : undefined;
    expect(startedAt).toBeGreaterThan(0);
    await bench().exec(container, say.write('/go', ''));
    const ended = await until(container, ({ state }) => state.phase === 'ended');
    expect(ended).toMatchObject({ state: { phase: 'ended', exitCode: 3, startedAt }, restarts: 0, ready: false });
  });

  test('finds a container that has ended, with its exit code', async () => {
    const first = await bench().found([say.exit(7)]);
    await until(first, ({ state }) => state.phase === 'ended');
    const again = await bench().watch().appeared();
    expect(again.status()).toMatchObject({ state: { phase: 'ended', exitCode: 7 }, restarts: 0 });
    expect(again.ref).toEqual(first.ref);
  });

  test('reports the signal of a killed process', async () => {
    const container = await bench().found([say.killSelf()]);
    const { state } = await until(container, (status) => status.state.phase === 'ended');
    expect(state).toMatchObject({ exitCode: 137, signal: 'SIGKILL' });
  });

  test('a crash loop: counts each restart, and keeps how the process before ended', async () => {
    const container = await bench().found([say.exit(3)], { restart: 'always' });
    const { signal } = new AbortController();
    const counts: number[] = [];
    for await (const { restarts } of container.restarted(signal)) if (counts.push(restarts) === 2) break;
    expect(counts[0]).toBeGreaterThanOrEqual(1);
    expect(counts[1]).toBeGreaterThan(counts[0] ?? 0);
    expect(container.status().restarts).toBeGreaterThanOrEqual(2);
    expect(container.status().previousEnd).toMatchObject({ exitCode: 3 });
  });

  test('a restart: the same container, another process', async () => {
    const container = await bench().running([say.take('/go'), say.exit(4)], { restart: 'always' });
    const before = container.status();
    const restarted = container.restarted(new AbortController().signal)[Symbol.asyncIterator]();
    await bench().exec(container, say.write('/go', ''));
    expect((await restarted.next()).value).toMatchObject({ restarts: 1, previousEnd: { exitCode: 4 } });
    const after = await until(container, ({ state, restarts }) => state.phase === 'running' && restarts === 1);
    expect(after.state).not.toEqual(before.state);
    expect((await bench().exec(container, say.print('well'))).stdout).toBe('well');
    await restarted.return?.();
  });

  test('a late reader of statuses gets the latest one', async () => {
    const container = await bench().running([say.take('/go'), say.exit(0)]);
    const statuses = container.statuses(new AbortController().signal)[Symbol.asyncIterator]();
    expect((await statuses.next()).value).toMatchObject({ state: { phase: 'running' } });
    await bench().exec(container, say.write('/go', ''));
    await until(container, ({ state }) => state.phase === 'ended');
    expect((await statuses.next()).value).toMatchObject({ state: { phase: 'ended' } });
    await statuses.return?.();
  });
}
