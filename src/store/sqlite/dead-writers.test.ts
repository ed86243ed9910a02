import { beforeEach, describe, expect, it } from 'vitest';
import type { RunId } from '../../model/ids.ts';
import type { Writer } from './change-table.ts';
import { DeadWriters, longestPauseMs } from './dead-writers.ts';

const identity = { host: 'h', bootId: 'b', pidNamespace: 'p', pid: 1, startTime: '1' };
const writer = (run: string): Writer => ({ run: run as RunId, id: 'owner', identity, at: 0 });

describe('writers that died', () => {
  let now: number;
  let listed: Writer[];
  let looks: string[];
  let settled: string[];
  let unreadable: Set<string>;
  let dead: DeadWriters;
  const { signal } = new AbortController();

  beforeEach(() => {
    now = 1_000_000;
    [listed, looks, settled, unreadable] = [[writer('a'), writer('b')], [], [], new Set()];
    dead = new DeadWriters({
      clock: { now: () => now },
      isDead: ({ run }) => run !== ('alive' as RunId),
      changes: {
        writers: async () => await Promise.resolve(listed),
        settle: async ({ run }, seq) => {
          listed = listed.filter((one) => one.run !== run);
          await Promise.resolve(settled.push(`${run} ${seq}`));
        },
      },
      head: async (run) => {
        looks.push(run);
        return unreadable.has(run) ? await Promise.reject(new Error('locked')) : await Promise.resolve(3);
      },
    });
  });

  it('are settled once', async () => {
    expect([await dead.settle(signal), await dead.settle(signal)]).toEqual([true, false]);
    expect(settled).toEqual(['a 3', 'b 3']);
  });

  it('do not include those that live', async () => {
    listed = [writer('alive')];
    expect([await dead.settle(signal), looks]).toEqual([false, []]);
  });

  it('are looked at more and more rarely while their log cannot be read, without holding up others', async () => {
    unreadable.add('a');
    const looked: number[] = [];
    for (const start = now; now < start + 20_000; now += 250) {
      const before = looks.filter((run) => run === 'a').length;
      await dead.settle(signal);
      if (looks.filter((run) => run === 'a').length > before) looked.push(now - start);
    }
    expect(settled).toEqual(['b 3']);
    expect(looked).toEqual([0, 250, 750, 1_750, 3_750, 7_750, 12_750, 17_750]);
    unreadable.clear();
    now += longestPauseMs;
    expect(await dead.settle(signal)).toBe(true);
    expect(settled).toEqual(['b 3', 'a 3']);
  });

  it('are looked at again after the clock was set back', async () => {
    unreadable.add('a');
    await dead.settle(signal);
    now -= 3_600_000;
    await dead.settle(signal);
    expect(looks).toEqual(['a', 'b', 'a']);
  });

  it('wait if the search is stopped, or the index cannot be read', async () => {
    expect(await dead.settle(AbortSignal.abort())).toBe(false);
    const failing = new DeadWriters({
      clock: { now: () => now },
      isDead: () => true,
      changes: {
        writers: async () => await Promise.reject(new Error('busy')),
        settle: async () => await Promise.resolve(),
      },
      head: async () => await Promise.resolve(1),
    });
    expect(await failing.settle(signal)).toBe(false);
    expect(looks).toEqual([]);
  });
});
