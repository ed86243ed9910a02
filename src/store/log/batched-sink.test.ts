import { describe, expect, it } from 'vitest';
import type { OutputEvent, OwnerEvent, StampedEvent } from '../../events/event.ts';
import type { Clock } from '../../model/clock.ts';
import type { StepId } from '../../model/ids.ts';
import type { Observation } from '../../model/work.ts';
import { openBatchedSink } from './batched-sink.ts';
import { StoreError } from '../store.ts';
import { nextTurn } from '../../util/next-turn.ts';
import { onAbort } from '../../util/abort.ts';

const step = '1.1.1' as StepId;
const mebibyte = 1 << 20;

/** A log that records its appends, and can be blocked or broken. */
class RecordingLog {
  readonly appends: (readonly StampedEvent[])[] = [];
  failure: unknown;
  #gate: Promise<void> = Promise.resolve();
  #seq = 0;

  /** @returns a function that unblocks appends */
  hold(): () => void {
    let open = () => {};
    this.#gate = new Promise((resolve) => (open = resolve));
    return open;
  }

  readonly append = async (events: readonly StampedEvent[]): Promise<number> => {
    await this.#gate;
    if (this.failure !== undefined) throw this.failure as Error;
    if (events.length > 0) this.appends.push(events);
    this.#seq += events.length;
    return this.#seq;
  };

  get events(): StampedEvent[] {
    return this.appends.flat();
  }
}

/** Time stands still until the test advances it. */
class TestClock implements Clock {
  time = 1_000;
  #sleepers: { until: number; wake: () => void }[] = [];
  readonly now = () => this.time;
  readonly sleep = async (ms: number, signal?: AbortSignal) => {
    await new Promise<void>((wake, stop) => {
      this.#sleepers.push({ until: this.time + ms, wake });
      onAbort([signal], () => stop(new Error('stopped')));
    });
  };

  async pass(ms: number): Promise<void> {
    this.time += ms;
    const due = this.#sleepers.filter(({ until }) => until <= this.time);
    this.#sleepers = this.#sleepers.filter(({ until }) => until > this.time);
    for (const { wake } of due) wake();
    await nextTurn();
  }
}

function rig() {
  const log = new RecordingLog();
  const clock = new TestClock();
  const broken: unknown[] = [];
  const sink = openBatchedSink({ log, clock, onBroken: (error) => broken.push(error) });
  return { log, clock, broken, sink };
}

function noted(message: string): Exclude<OwnerEvent, OutputEvent> {
  return { type: 'run.noted', level: 'info', message };
}

function observed(fact: Observation, of = step): Exclude<OwnerEvent, OutputEvent> {
  return { type: 'step.observed', step: of, attempt: 1, fact };
}

function progress(current: number, subject = 'upload'): Exclude<OwnerEvent, OutputEvent> {
  return observed({ type: 'progress', subject, current });
}

function output(text: string | Uint8Array, offset: number, more: Partial<OutputEvent> = {}): OutputEvent {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return { type: 'output', from: { step, attempt: 1 }, stream: 'stdout', offset, bytes, ...more };
}

function shown(event: StampedEvent): string {
  if (event.type === 'run.noted') return event.message;
  if (event.type === 'output') return `${event.offset}:${new TextDecoder().decode(event.bytes)}`;
  if (event.type === 'step.observed' && 'current' in event.fact) return `${event.fact.current}`;
  return event.type;
}

describe('the batched sink', () => {
  it('stores events of one turn with one append, in order, with stamps', async () => {
    const { sink, log } = rig();
    sink.emit(noted('a'));
    void sink.write(output('x', 0));
    sink.emit(noted('b'));
    expect(await sink.stored()).toBe(3);
    expect(log.appends.map((events) => events.map(shown))).toEqual([['a', '0:x', 'b']]);
    expect(log.events.map(({ at }) => at)).toEqual([1_000, 1_000, 1_000]);
  });

  it('returns the number of the last event when there is nothing to store', async () => {
    const { sink, log } = rig();
    await log.append([{ ...noted('before'), at: 1 }]);
    expect(await sink.stored()).toBe(1);
    sink.emit(noted('a'));
    expect(await sink.stored()).toBe(2);
    expect(await sink.stored()).toBe(2);
  });

  it('stores structural events at once, and output after a moment', async () => {
    const { sink, log } = rig();
    void sink.write(output('x', 0));
    while (log.events.length < 1) await nextTurn();
    sink.emit(noted('a'));
    while (log.events.length < 2) await nextTurn();
    expect(log.events.map(shown)).toEqual(['0:x', 'a']);
  });

  it('joins adjacent chunks of one stream, and no others', async () => {
    const { sink, log } = rig();
    void sink.write(output('a', 0, { cursor: 10 }));
    void sink.write(output('b', 1, { cursor: 12 }));
    void sink.write(output('c', 0, { stream: 'stderr', cursor: 5 }));
    void sink.write(output('d', 2, { cursor: 14 }));
    sink.emit(noted('n'));
    void sink.write(output('e', 3, { cursor: 15 }));
    void sink.write(output('f', 4));
    void sink.write(output('g', 5));
    void sink.write(output('h', 9));
    void sink.write(output('i', 10, { from: { step, attempt: 2 } }));
    void sink.write(output('j', 11, { from: { engine: true } }));
    void sink.write(output('k', 12, { from: { engine: true } }));
    await sink.stored();
    expect(log.events.map(shown)).toEqual(['0:ab', '0:c', '2:d', 'n', '3:e', '4:fg', '9:h', '10:i', '11:jk']);
    expect(log.events.map((event) => ('cursor' in event ? event.cursor : undefined))).toEqual([
      12,
      5,
      14,
      undefined,
      15,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('cuts chunks that are too large for a row; only the last part has the cursor', async () => {
    const { sink, log } = rig();
    const bytes = Uint8Array.from({ length: 600 << 10 }, (_, index) => index % 251);
    void sink.write(output(bytes, 7, { cursor: 99 }));
    await sink.stored();
    const chunks = log.events.filter((event) => event.type === 'output');
    expect(chunks.map(({ offset, bytes: { length }, cursor }) => [offset, length, cursor])).toEqual([
      [7, 256 << 10, undefined],
      [7 + (256 << 10), 256 << 10, undefined],
      [7 + (512 << 10), 88 << 10, 99],
    ]);
    expect(Buffer.concat(chunks.map((chunk) => chunk.bytes)).equals(bytes)).toBe(true);
  });

  it('limits an append to what is stored within a frame', async () => {
    const { sink, log } = rig();
    for (let index = 0; index < 40; index++) void sink.write(output(new Uint8Array(100 << 10), index * (100 << 10)));
    for (let index = 0; index < 1_200; index++) sink.emit(noted(String(index)));
    await sink.stored();
    const sizes = log.appends.map((events) =>
      events.reduce((sum, event) => sum + (event.type === 'output' ? event.bytes.length : 0), 0),
    );
    expect(Math.max(...sizes)).toBeLessThanOrEqual(256 << 10);
    expect(Math.max(...log.appends.map(({ length }) => length))).toBeLessThanOrEqual(500);
    expect(log.events.filter(({ type }) => type === 'run.noted')).toHaveLength(1_200);
  });

  it('blocks writers from 8 MiB on until less is waiting; nothing delays a structural event', async () => {
    const { sink, log } = rig();
    const open = log.hold();
    for (let index = 0; index < 7; index++)
      expect(sink.write(output(new Uint8Array(mebibyte), index * mebibyte))).toBeUndefined();
    const wait = sink.write(output(new Uint8Array(mebibyte), 7 * mebibyte));
    expect(wait).toBeInstanceOf(Promise);
    expect(sink.emit(noted('a'))).toBeUndefined();
    open();
    await wait;
    await sink.stored();
    expect(sink.write(output('x', 8 * mebibyte))).toBeUndefined();
    await sink.close();
    expect(log.events.at(-2)).toMatchObject({ message: 'a' });
  });

  describe('merges progress events', () => {
    it('to one event in a quarter of a second and subject, the newest', async () => {
      const { sink, log, clock } = rig();
      sink.emit(progress(1));
      sink.emit(progress(2));
      sink.emit(progress(3));
      sink.emit(progress(1, 'other'));
      sink.emit(observed({ type: 'progress', subject: 'upload', current: 7 }, '1.1.2' as StepId));
      await clock.pass(249);
      expect(log.events.map(shown)).toEqual(['1', '1', '7']);
      await clock.pass(1);
      await sink.stored();
      expect(log.events.map(shown)).toEqual(['1', '1', '7', '3']);
      await clock.pass(250);
      sink.emit(progress(4));
      await sink.stored();
      expect(log.events.map(shown)).toEqual(['1', '1', '7', '3', '4']);
    });

    it('but stores the held ones before other events of the step, and on flush', async () => {
      const { sink, log } = rig();
      const image = 'busybox:1';
      sink.emit(observed({ type: 'image.pulling', image, current: 1 }));
      sink.emit(observed({ type: 'image.pulling', image, current: 2 }));
      sink.emit(observed({ type: 'image.pulling', image, current: 3 }));
      sink.emit(observed({ type: 'image.pulled', image }));
      await sink.stored();
      expect(log.events.map(shown)).toEqual(['1', '3', 'step.observed']);
      sink.emit(progress(1));
      sink.emit(progress(2));
      await sink.stored();
      expect(log.events.slice(3).map(shown)).toEqual(['1', '2']);
    });

    it('of a push like those of a pull: a hundred reports at once become the first and the last', async () => {
      const { sink, log } = rig();
      for (const type of ['image.pulling', 'image.pushing'] as const) {
        for (let current = 1; current <= 100; current++) sink.emit(observed({ type, image: 'busybox:1', current }));
      }
      await sink.stored();
      expect(log.events.map(shown)).toEqual(['1', '1', '100', '100']);
    });

    it('never another fact', async () => {
      const { sink, log } = rig();
      for (let index = 0; index < 10; index++) sink.emit(observed({ type: 'noted', level: 'info', message: 'same' }));
      await sink.stored();
      expect(log.events).toHaveLength(10);
    });
  });

  describe('whose log is broken', () => {
    const full = new StoreError('disk-full', 'full');

    it('reports it once, drops new events, and releases waiting writers', async () => {
      const { sink, log, broken } = rig();
      const open = log.hold();
      log.failure = full;
      sink.emit(noted('a'));
      const writes = Array.from({ length: 9 }, (_, index) =>
        sink.write(output(new Uint8Array(mebibyte), index * mebibyte)),
      );
      const stored = sink.stored();
      const again = sink.stored();
      open();
      await expect(stored).rejects.toBe(full);
      await expect(again).rejects.toBe(full);
      for (const write of writes) await write;
      expect(broken).toEqual([full]);
      log.failure = undefined;
      sink.emit(noted('b'));
      expect(sink.write(output('x', 0))).toBeUndefined();
      await expect(sink.stored()).rejects.toBe(full);
      await sink.close();
      expect(log.events).toEqual([]);
      expect(broken).toEqual([full]);
    });

    it('detects it on its own', async () => {
      const { sink, log, broken } = rig();
      log.failure = full;
      void sink.write(output('x', 0));
      while (broken.length === 0) await nextTurn();
      expect(broken).toEqual([full]);
    });
  });

  it('stores the rest when it is closed, and drops later events', async () => {
    const { sink, log } = rig();
    sink.emit(progress(1));
    sink.emit(progress(2));
    void sink.write(output('x', 0));
    await sink.close();
    sink.emit(noted('late'));
    expect(log.events.map(shown)).toEqual(['1', '0:x', '2']);
  });
});
