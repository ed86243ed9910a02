import { sourceJson } from '../events/event-json.ts';
import type { OutputEvent } from '../events/event.ts';
import type { FollowedContainer } from '../model/work.ts';
import type { Mask, MaskedStream } from './mask.ts';

interface Held {
  readonly mask: Mask;
  readonly masked: MaskedStream;
  /** The event of the newest chunk, for the source and the cursor. */
  newest: OutputEvent;
  /** Stored bytes, which are not as many as were written. */
  offset: number;
}

/** Two streams of each of the containers that a run remembers (`steps/followed-positions.ts`). */
const keptEnded = 400;

/**
 * Masks the output of writers that are no steps, such as a deployed workload. It spans iterations, so a stream
 * gets a new mask when there is one. A step's output was masked by the decorator `masked`.
 */
export class MaskedOutputs {
  readonly #streams = new Map<string, Held>();
  /** The stored bytes of streams whose container has ended, the oldest first. Another one may have its name. */
  readonly #ended = new Map<string, number>();

  /** Returns what can be stored now, in order. Bytes that may start a secret are held back. */
  push(event: OutputEvent, mask: Mask): readonly OutputEvent[] {
    const key = keyOf(event);
    const before = this.#streams.get(key);
    const held = before?.mask === mask ? before : openedAfter(before ?? this.#offsetOf(key), event, mask);
    this.#streams.set(key, held);
    this.#ended.delete(key);
    // A secret may begin in what the stream before holds back, and a new mask knows all secrets of the one before.
    const rest = before === undefined || before === held ? undefined : held.masked.push(before.masked.end()).bytes;
    held.newest = event;
    const { bytes, held: behind } = held.masked.push(event.bytes);
    const cursor = event.cursor === undefined ? undefined : event.cursor - behind;
    return stored(held, rest === undefined ? bytes : Buffer.concat([rest, bytes]), cursor);
  }

  /** Returns what one stream holds back. A gap ends a possible secret. */
  endOf({ from, stream }: Pick<OutputEvent, 'from' | 'stream'>): readonly OutputEvent[] {
    const held = this.#streams.get(keyOf({ from, stream }));
    return held === undefined ? [] : this.#release(held);
  }

  /** Returns what the streams of a container hold back, and frees them. */
  ended({ workload, container }: FollowedContainer): readonly OutputEvent[] {
    const rest: OutputEvent[] = [];
    for (const [key, held] of this.#streams) {
      const { from } = held.newest;
      if (!('workload' in from) || from.workload !== workload || from.container !== container) continue;
      rest.push(...this.#release(held));
      this.#streams.delete(key);
      this.#ended.set(key, held.offset);
    }
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= keptEnded) break;
      this.#ended.delete(oldest);
    }
    return rest;
  }

  /** Returns everything that is held back. */
  end(): readonly OutputEvent[] {
    const rest = [...this.#streams.values()].flatMap((held) => this.#release(held));
    this.#streams.clear();
    return rest;
  }

  #offsetOf(key: string): Pick<Held, 'offset'> | undefined {
    const offset = this.#ended.get(key);
    return offset === undefined ? undefined : { offset };
  }

  #release(held: Held): readonly OutputEvent[] {
    return stored(held, held.masked.end(), held.newest.cursor);
  }
}

function keyOf({ from, stream }: Pick<OutputEvent, 'from' | 'stream'>): string {
  return `${stream} ${sourceJson(from)}`;
}

function openedAfter(before: Pick<Held, 'offset'> | undefined, event: OutputEvent, mask: Mask): Held {
  return { mask, masked: mask.stream(), newest: event, offset: before?.offset ?? event.offset };
}

function stored(held: Held, bytes: Uint8Array, cursor: number | undefined): readonly OutputEvent[] {
  if (bytes.length === 0) return [];
  const { from, stream } = held.newest;
  const event: OutputEvent = {
    ...{ type: 'output', from, stream, offset: held.offset, bytes },
    ...(cursor !== undefined && { cursor }),
  };
  held.offset += bytes.length;
  return [event];
}
