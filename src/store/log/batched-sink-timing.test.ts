import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import { settled } from '../../../test/rigs/step-work.ts';
import type { OutputEvent, OwnerEvent, StampedEvent } from '../../events/event.ts';
import type { StepId } from '../../model/ids.ts';
import { openBatchedSink } from './batched-sink.ts';

const from = { step: '1.1.1' as StepId, attempt: 1 };
const batch = 256 << 10;

/** Timers stand still. The log stores an append when the test says so. */
function rig() {
  const waiting: { take: () => void; fail: (error: Error) => void }[] = [];
  const appends: (readonly StampedEvent[])[] = [];
  const broken: unknown[] = [];
  let held = false;
  let seq = 0;
  let most = 0;
  const clock = new ManualClock();
  const append = async (events: readonly StampedEvent[]): Promise<number> => {
    appends.push(events);
    if (held)
      await new Promise<void>((take, fail) => {
        waiting.push({ take, fail });
        most = Math.max(most, waiting.length);
      });
    return (seq += events.length);
  };
  const sink = openBatchedSink({ log: { append }, clock, onBroken: (error) => broken.push(error) });
  let offset = 0;
  return {
    sink,
    clock,
    broken,
    hold: () => void (held = true),
    take: async () => {
      waiting.shift()?.take();
      await settled();
    },
    fail: async (error: Error) => {
      waiting.shift()?.fail(error);
      await settled();
    },
    /** The maximum of concurrent appends. */
    mostAtOnce: () => most,
    sizes: () => appends.map(({ length }) => length),
    write: (length: number) => {
      const event: OutputEvent = { type: 'output', from, stream: 'stdout', offset, bytes: new Uint8Array(length) };
      offset += length;
      return sink.write(event);
    },
    note: () => sink.emit({ type: 'run.noted', level: 'info', message: 'm' }),
  };
}

const progress = (current: number): Exclude<OwnerEvent, OutputEvent> => ({
  type: 'step.observed',
  step: from.step,
  attempt: 1,
  fact: { type: 'progress', subject: 's', current },
});

describe('the batched sink', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('lets output wait for more', async () => {
    const { write, sizes } = rig();
    void write(1);
    await settled();
    void write(1);
    vi.advanceTimersByTime(4);
    await settled();
    expect(sizes()).toEqual([]);
    vi.advanceTimersByTime(1);
    await settled();
    expect(sizes()).toEqual([1]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lets a full batch not wait', async () => {
    const { write, sizes } = rig();
    void write(batch - 1);
    await settled();
    expect([sizes(), vi.getTimerCount()]).toEqual([[], 1]);
    void write(1);
    await settled();
    expect([sizes(), vi.getTimerCount()]).toEqual([[1], 0]);
  });

  it('lets output not wait beside something else, and begins to wait anew afterwards', async () => {
    const { write, note, sizes } = rig();
    void write(1);
    note();
    void write(1);
    expect(vi.getTimerCount()).toBe(0);
    await settled();
    expect(sizes()).toEqual([3]);
    void write(1);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(5);
    await settled();
    expect(sizes()).toEqual([3, 1]);
  });

  it('stores output at once when that is asked for', async () => {
    const { write, sink } = rig();
    void write(1);
    expect(await sink.stored()).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('appends one after the other: what comes meanwhile is the next', async () => {
    const { hold, note, take, write, sizes, mostAtOnce, sink } = rig();
    hold();
    note();
    await settled();
    for (let i = 0; i < 3; i++) {
      note();
      void write(batch);
      await settled();
    }
    expect(sizes()).toEqual([1]);
    const stored = sink.stored();
    while (sizes().reduce((sum, size) => sum + size, 0) < 7) await take();
    await take();
    await stored;
    expect(mostAtOnce()).toBe(1);
  });

  it('counts what is being appended as waiting', async () => {
    const { hold, write, take } = rig();
    hold();
    for (let i = 0; i < 31; i++) expect(write(batch)).toBeUndefined();
    await settled();
    let released = false;
    const wait = write(batch);
    expect(wait).toBeInstanceOf(Promise);
    void wait?.then(() => (released = true));
    await settled();
    expect(released).toBe(false);
    await take();
    expect(released).toBe(true);
  });

  it('resolves each `stored` when its own events are stored', async () => {
    const { hold, note, take, sink } = rig();
    hold();
    const resolved: string[] = [];
    note();
    void sink.stored().then((seq) => resolved.push(`first ${seq}`));
    await settled();
    note();
    void sink.stored().then((seq) => resolved.push(`second ${seq}`));
    await settled();
    await take();
    expect(resolved).toEqual(['first 1']);
    await take();
    expect(resolved).toEqual(['first 1', 'second 2']);
  });

  it('that is closed takes nothing more, and neither waits nor sleeps', async () => {
    const { sink, clock, write, note, sizes } = rig();
    sink.emit(progress(1));
    sink.emit(progress(2));
    expect(clock.sleeping).toBe(1);
    await sink.close();
    await settled();
    expect([sizes(), clock.sleeping]).toEqual([[2], 0]);
    note();
    sink.emit(progress(3));
    expect(write(batch)).toBeUndefined();
    vi.advanceTimersByTime(5);
    await settled();
    expect(sizes()).toEqual([2]);
  });

  it('tells nothing of a step that has ended before what follows', async () => {
    const { sink, clock, sizes } = rig();
    sink.emit(progress(1));
    sink.emit(progress(2));
    sink.emit({
      type: 'step.finished',
      step: from.step,
      attempt: 1,
      outcome: { status: 'skipped', because: 'condition' },
    });
    await clock.advance(1_000);
    expect(sizes()).toEqual([3]);
    // Its subjects are new.
    sink.emit(progress(3));
    await settled();
    expect(sizes()).toEqual([3, 1]);
  });

  it('that is broken appends no more, and has no timer left once it is closed', async () => {
    const { sink, clock, hold, fail, note, write, sizes, broken } = rig();
    hold();
    sink.emit(progress(1));
    sink.emit(progress(2));
    note();
    await settled();
    void write(1);
    expect(vi.getTimerCount()).toBe(1);
    await fail(new Error('disk full'));
    expect(broken).toHaveLength(1);
    await sink.close();
    expect([vi.getTimerCount(), clock.sleeping]).toEqual([0, 0]);
    vi.advanceTimersByTime(5);
    await settled();
    expect(sizes()).toHaveLength(1);
  });
});
