import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunId } from '../../model/ids.ts';
import { ChangeNotifier } from './change-notifier.ts';
import type { ChangeTable } from './change-table.ts';

describe('a notifier', () => {
  let tells: { seq: number; done: object | undefined; succeed: () => void; fail: () => void }[];
  let notifier: ChangeNotifier;
  let told: number;

  beforeEach(() => {
    vi.useFakeTimers();
    tells = [];
    told = 0;
    const table = {
      tell: async (_run: RunId, seq: number, done?: object) =>
        await new Promise<void>((resolve, reject) =>
          tells.push({ seq, done, succeed: resolve, fail: () => reject(new Error('disk')) }),
        ),
    } as unknown as ChangeTable;
    notifier = new ChangeNotifier(table, 'run' as RunId, { id: 'owner', epoch: 1 }, () => (told += 1));
  });

  afterEach(() => void vi.useRealTimers());

  /** The last notice is answered, and what waits for the answer runs. */
  async function answer(how: 'succeed' | 'fail' = 'succeed'): Promise<void> {
    await vi.advanceTimersByTimeAsync(0);
    tells.at(-1)?.[how]();
    await vi.advanceTimersByTimeAsync(0);
  }
  const seqs = () => tells.map(({ seq }) => seq);

  it('tells at once after a pause, and then what came during 20 ms in one notice', async () => {
    notifier.appended(1);
    await answer();
    expect([seqs(), told]).toEqual([[1], 1]);
    for (const seq of [2, 3, 4]) notifier.appended(seq);
    expect(seqs()).toEqual([1]);
    await vi.advanceTimersByTimeAsync(20);
    await answer();
    await vi.advanceTimersByTimeAsync(20);
    expect(seqs()).toEqual([1, 4]);
    await vi.advanceTimersByTimeAsync(1_000);
    notifier.appended(5);
    expect(seqs()).toEqual([1, 4, 5]);
  });

  it('tells what came while a notice took longer than the pause', async () => {
    notifier.appended(1);
    notifier.appended(2);
    await vi.advanceTimersByTimeAsync(100);
    expect(seqs()).toEqual([1]);
    await answer();
    await vi.advanceTimersByTimeAsync(20);
    expect(seqs()).toEqual([1, 2]);
  });

  it('tries again later if the index cannot be written', async () => {
    notifier.appended(1);
    await answer('fail');
    await vi.advanceTimersByTimeAsync(900);
    expect([seqs(), told]).toEqual([[1], 0]);
    await vi.advanceTimersByTimeAsync(100);
    await answer();
    expect([seqs(), told]).toEqual([[1, 1], 1]);
  });

  it('tells the rest when it closes, with the end of its writer, and nothing later', async () => {
    notifier.appended(1);
    await answer();
    notifier.appended(2);
    const closed = notifier.close();
    await answer();
    await closed;
    expect(tells.map(({ seq, done }) => [seq, done])).toEqual([
      [1, undefined],
      [2, { id: 'owner', epoch: 1 }],
    ]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(tells).toHaveLength(2);
  });

  it('flushes what it has not told, and only that', async () => {
    await notifier.flush();
    notifier.appended(1);
    await answer();
    await notifier.flush();
    notifier.appended(2);
    const flushed = notifier.flush();
    await answer();
    await flushed;
    expect(seqs()).toEqual([1, 2]);
  });
});
