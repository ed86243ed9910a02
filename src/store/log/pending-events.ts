/** Events that wait to be stored, in order. */
import type { OutputEvent, OutputSource, StampedEvent } from '../../events/event.ts';

type StampedOutput = OutputEvent & { readonly at: number };

/** Adjacent chunks of a stream are joined up to this size. Longer chunks are cut. */
const maxChunkBytes = 256 << 10;
/** The size of one append. It takes a few milliseconds. */
const batchBytes = 256 << 10;
const batchEvents = 500;

interface Growing {
  readonly first: StampedOutput;
  readonly pieces: Uint8Array[];
  bytes: number;
  cursor: number | undefined;
}

type Entry = { readonly event: StampedEvent } | { readonly output: Growing };

export interface Batch {
  readonly events: readonly StampedEvent[];
  /** Bytes of output. */
  readonly bytes: number;
  /** The number of added events that the batch covers. */
  readonly added: number;
}

export class PendingEvents {
  #entries: { readonly entry: Entry; added: number }[] = [];
  /** Bytes of output. */
  bytes = 0;

  add(event: StampedEvent): void {
    if (event.type === 'output') this.#addOutput(event);
    else this.#entries.push({ entry: { event }, added: 1 });
  }

  /** Removes and returns the oldest events. */
  take(): Batch {
    const events: StampedEvent[] = [];
    let bytes = 0;
    let added = 0;
    for (const { entry, added: covered } of this.#entries) {
      const size = 'output' in entry ? entry.output.bytes : 0;
      if (events.length >= batchEvents || (events.length > 0 && bytes + size > batchBytes)) break;
      events.push('output' in entry ? joined(entry.output) : entry.event);
      bytes += size;
      added += covered;
    }
    this.#entries = this.#entries.slice(events.length);
    this.bytes -= bytes;
    return { events, bytes, added };
  }

  clear(): void {
    this.#entries = [];
    this.bytes = 0;
  }

  #addOutput(event: StampedOutput): void {
    this.bytes += event.bytes.length;
    const parts = cut(event);
    parts.forEach((part, index) => {
      const added = index === parts.length - 1 ? 1 : 0;
      const last = this.#entries.at(-1);
      if (last !== undefined && 'output' in last.entry && canFollow(last.entry.output, part)) {
        grow(last.entry.output, part);
        last.added += added;
      } else {
        this.#entries.push({
          entry: { output: { first: part, pieces: [part.bytes], bytes: part.bytes.length, cursor: part.cursor } },
          added,
        });
      }
    });
  }
}

/** Only the last part gets the cursor: the raw position inside a chunk is unknown. */
function cut(event: StampedOutput): StampedOutput[] {
  if (event.bytes.length <= maxChunkBytes) return [event];
  const { cursor, ...rest } = event;
  const parts: StampedOutput[] = [];
  for (let from = 0; from < event.bytes.length; from += maxChunkBytes) {
    parts.push({ ...rest, offset: event.offset + from, bytes: event.bytes.subarray(from, from + maxChunkBytes) });
  }
  const last = parts.pop();
  return last === undefined ? parts : [...parts, cursor === undefined ? last : { ...last, cursor }];
}

/**
 * Reports whether two chunks can be joined. One with a cursor and one without cannot: the result's cursor would be
 * wrong.
 */
function canFollow(growing: Growing, next: StampedOutput): boolean {
  const { first } = growing;
  return (
    first.stream === next.stream &&
    first.offset + growing.bytes === next.offset &&
    growing.bytes + next.bytes.length <= maxChunkBytes &&
    (growing.cursor === undefined) === (next.cursor === undefined) &&
    isSameSource(first.from, next.from)
  );
}

function grow(growing: Growing, next: StampedOutput): void {
  growing.pieces.push(next.bytes);
  growing.bytes += next.bytes.length;
  growing.cursor = next.cursor;
}

function isSameSource(a: OutputSource, b: OutputSource): boolean {
  if (a === b) return true;
  if ('step' in a) return 'step' in b && a.step === b.step && a.attempt === b.attempt;
  if ('workload' in a) return 'workload' in b && a.workload === b.workload && a.container === b.container;
  return 'engine' in b;
}

function joined({ first, pieces, bytes, cursor }: Growing): StampedOutput {
  if (pieces.length === 1) return first;
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return { ...first, bytes: whole, ...(cursor === undefined ? {} : { cursor }) };
}
