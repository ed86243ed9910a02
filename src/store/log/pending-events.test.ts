import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OutputEvent, OutputSource, StampedEvent } from '../../events/event.ts';
import type { StepId } from '../../model/ids.ts';
import type { Stream } from '../../model/work.ts';
import { PendingEvents } from './pending-events.ts';

const kibibyte = 1 << 10;
const step: OutputSource = { step: '1.1.1' as StepId, attempt: 1 };

function output(bytes: number | Uint8Array, offset: number, more: Partial<OutputEvent> = {}): StampedEvent {
  return {
    type: 'output',
    from: step,
    stream: 'stdout',
    offset,
    bytes: typeof bytes === 'number' ? new Uint8Array(bytes) : bytes,
    at: 7,
    ...more,
  };
}

const noted = (message = 'm'): StampedEvent => ({ type: 'run.noted', level: 'info', message, at: 7 });

function pendingOf(...events: readonly StampedEvent[]): PendingEvents {
  const pending = new PendingEvents();
  for (const event of events) pending.add(event);
  return pending;
}

/** `OFFSET+LENGTH @CURSOR` of output, the type of others. */
function shown(event: StampedEvent): string {
  if (event.type !== 'output') return event.type;
  return `${event.offset}+${event.bytes.length}${event.cursor === undefined ? '' : ` @${event.cursor}`}`;
}

describe('pending events', () => {
  it('are taken in order, with how many they cover', () => {
    const pending = pendingOf(noted('a'), output(3, 0, { cursor: 3 }), output(2, 3, { cursor: 6 }), noted('b'));
    expect(pending.bytes).toBe(5);
    const batch = pending.take();
    expect(batch.events.map(shown)).toEqual(['run.noted', '0+5 @6', 'run.noted']);
    expect(batch.events[0]).toEqual(noted('a'));
    expect([batch.bytes, batch.added]).toEqual([5, 4]);
    expect(pending.bytes).toBe(0);
    expect(pending.take()).toEqual({ events: [], bytes: 0, added: 0 });
  });

  it('grow to no more than a row', () => {
    const pending = pendingOf(output(200 * kibibyte, 0), output(56 * kibibyte, 200 * kibibyte));
    pending.add(output(1, 256 * kibibyte));
    expect(pending.take().events.map(shown)).toEqual([`0+${256 * kibibyte}`]);
    expect(pending.take().events.map(shown)).toEqual([`${256 * kibibyte}+1`]);
  });

  it.each([
    [256 * kibibyte, ['7+262144 @9']],
    [256 * kibibyte + 1, ['7+262144', '262151+1 @9']],
    [512 * kibibyte, ['7+262144', '262151+262144 @9']],
  ])('of %d bytes are cut into rows; only the last one has the cursor', (length, rows) => {
    const pending = pendingOf(output(length, 7, { cursor: 9 }));
    expect(pending.bytes).toBe(length);
    const taken = Array.from({ length: rows.length }, () => pending.take());
    expect(taken.flatMap(({ events }) => events.map(shown))).toEqual(rows);
    // It is stored once its last row is.
    expect(taken.map(({ added }) => added)).toEqual(rows.map((_, index) => (index === rows.length - 1 ? 1 : 0)));
  });

  it('that are cut have no cursor where none was given', () => {
    const pending = pendingOf(output(256 * kibibyte + 1, 0));
    pending.take();
    expect(pending.take().events[0]).not.toHaveProperty('cursor');
  });

  it('make batches of limited size: in bytes, but for one that is bigger, and in number', () => {
    const others = (n: number) => Array.from({ length: n }, () => noted());
    const pending = pendingOf(output(100 * kibibyte, 0), noted(), output(156 * kibibyte, 0), noted(), output(1, 9));
    expect(pending.take().events).toHaveLength(4);
    expect(pending.take().events.map(shown)).toEqual(['9+1']);
    const many = pendingOf(...others(501));
    expect(many.take()).toMatchObject({ added: 500, events: { length: 500 } });
    expect(many.take()).toMatchObject({ added: 1 });
  });

  it('are gone after `clear`', () => {
    const pending = pendingOf(output(3, 0), noted());
    pending.clear();
    expect([pending.bytes, pending.take().events]).toEqual([0, []]);
  });

  const joins = (second: Partial<OutputEvent>, first: Partial<OutputEvent> = {}) =>
    pendingOf(output(2, 0, first), output(2, 2, second)).take().events.length === 1;

  it.each<[string, boolean, Partial<OutputEvent>, Partial<OutputEvent>?]>([
    ['of the same stream', true, {}],
    ['with cursors', true, { cursor: 2 }, { cursor: 1 }],
    ['of an equal source', true, { from: { ...step } }],
    ['of another stream', false, { stream: 'stderr' }],
    ['after a gap', false, { offset: 3 }],
    ['that overlap', false, { offset: 1 }],
    ['only the second with a cursor', false, { cursor: 2 }],
    ['only the first with a cursor', false, {}, { cursor: 2 }],
    ['of another step', false, { from: { step: '1.1.2' as StepId, attempt: 1 } }],
    ['of another attempt', false, { from: { step: '1.1.1' as StepId, attempt: 2 } }],
    ['of a step and the engine', false, { from: { engine: true } }],
    ['of the engine and a step', false, {}, { from: { engine: true } }],
    ['of the engine', true, { from: { engine: true } }, { from: { engine: true } }],
    ['of a step and a workload', false, { from: { workload: 'w', container: 'c' } }],
    ['of the engine and a workload', false, { from: { workload: 'w', container: 'c' } }, { from: { engine: true } }],
    ['of a workload and the engine', false, { from: { engine: true } }, { from: { workload: 'w', container: 'c' } }],
    [
      'of one container',
      true,
      { from: { workload: 'w', container: 'c' } },
      { from: { workload: 'w', container: 'c' } },
    ],
    [
      'of two containers',
      false,
      { from: { workload: 'w', container: 'c' } },
      { from: { workload: 'w', container: 'd' } },
    ],
    [
      'of two workloads',
      false,
      { from: { workload: 'w', container: 'c' } },
      { from: { workload: 'v', container: 'c' } },
    ],
  ])('chunks %s are joined: %s', (_, joined, second, first) => {
    expect(joins(second, first)).toBe(joined);
  });

  it('lose no byte, keep the order of each stream, and count each event once', () => {
    const chunk = fc.record({
      stream: fc.constantFrom<Stream>('stdout', 'stderr'),
      length: fc.oneof({ weight: 4, arbitrary: fc.nat(20) }, { weight: 1, arbitrary: fc.nat(600 * kibibyte) }),
      cursor: fc.boolean(),
      note: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 10 }), (chunks) => {
        const pending = new PendingEvents();
        const offsets = { stdout: 0, stderr: 0, combined: 0 };
        let added = 0;
        for (const { stream, length, cursor, note } of chunks) {
          const offset = offsets[stream];
          offsets[stream] += length;
          pending.add(output(length, offset, { stream, ...(cursor && { cursor: offset + length }) }));
          if (note) pending.add(noted());
          added += note ? 2 : 1;
        }
        const ends = { stdout: 0, stderr: 0, combined: 0 };
        let counted = 0;
        for (let batch = pending.take(); batch.events.length > 0; batch = pending.take()) {
          counted += batch.added;
          for (const event of batch.events) {
            if (event.type !== 'output') continue;
            expect(event.offset).toBe(ends[event.stream]);
            expect(event.bytes.length).toBeLessThanOrEqual(256 * kibibyte);
            ends[event.stream] += event.bytes.length;
            if (event.cursor !== undefined) expect(event.cursor).toBe(ends[event.stream]);
          }
        }
        expect(ends).toEqual(offsets);
        expect([counted, pending.bytes]).toEqual([added, 0]);
      }),
      { numRuns: 50 },
    );
  });

  it('keep their bytes when they are joined', () => {
    const bytes = [Uint8Array.of(1, 2), Uint8Array.of(3), Uint8Array.of(4, 5)];
    const [event] = pendingOf(output(bytes[0]!, 0), output(bytes[1]!, 2), output(bytes[2]!, 3)).take().events;
    expect(event).toEqual(output(Uint8Array.of(1, 2, 3, 4, 5), 0));
  });
});
