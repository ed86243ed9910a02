import { Buffer } from 'node:buffer';
import type { Output, Stream } from '../../model/work.ts';
import type { Mask, MaskedStream, Released } from '../../secrets/mask.ts';
import { TimeSlice } from '../../util/time-slice.ts';
import type { StepDecorator, StepWork } from '../step-runner.ts';

/**
 * Hides secrets in a step's output before it is counted and stored. Each attempt and each stream has its own state
 * (docs/design/product.md, "Secrets").
 * The end of an attempt releases the bytes that are still held back. The run's sink masks all other texts.
 */
export function masked(mask: Mask): StepDecorator {
  if (!mask.active) return (inner) => inner;
  return (inner) => ({
    async run(step, work) {
      let attempt = new MaskedOutput(mask, work.output);
      const wrap = (given: StepWork): StepWork => ({
        ...given,
        output: attempt,
        async nextAttempt(failure) {
          await attempt.end();
          const next = await given.nextAttempt(failure);
          attempt = new MaskedOutput(mask, next.output);
          return wrap(next);
        },
      });
      try {
        return await inner.run(step, wrap(work));
      } finally {
        await attempt.end();
      }
    },
  });
}

/** Runs work whose output is masked, beside what the run's own mask hides. */
export async function withMaskedOutput<T>(mask: Mask, inner: Output, run: (output: Output) => Promise<T>): Promise<T> {
  const output = new MaskedOutput(mask, inner);
  try {
    return await run(output);
  } finally {
    await output.end();
  }
}

interface Held {
  readonly masked: MaskedStream;
  /** The cursor after all pushed bytes. */
  cursor: number | undefined;
}

/** Longer chunks are masked in slices, and other work runs between them. A slice takes a few milliseconds at most. */
const sliceLength = 16 * 1024;

class MaskedOutput implements Output {
  readonly #streams = new Map<Stream, Held>();
  readonly #turns = new TimeSlice();
  #writing: Promise<void> | undefined;
  readonly #mask: Mask;
  readonly #inner: Output;

  constructor(mask: Mask, inner: Output) {
    this.#mask = mask;
    this.#inner = inner;
  }

  write(stream: Stream, bytes: Uint8Array, cursor?: number): void | Promise<void> {
    const held = this.#held(stream);
    if (bytes.length <= sliceLength) return this.#store(stream, held, held.masked.push(bytes), cursor);
    this.#writing = this.#writeInSlices(stream, held, bytes, cursor);
    return this.#writing;
  }

  /** Writes all slices at once: only the cursor after the whole chunk is known. */
  async #writeInSlices(stream: Stream, held: Held, bytes: Uint8Array, cursor: number | undefined): Promise<void> {
    const parts: Uint8Array[] = [];
    let heldBytes = 0;
    for (let at = 0; at < bytes.length; at += sliceLength) {
      if (this.#turns.over) await this.#turns.next();
      const released = held.masked.push(bytes.subarray(at, at + sliceLength));
      parts.push(released.bytes);
      heldBytes = released.held;
    }
    await this.#store(stream, held, { bytes: Buffer.concat(parts), held: heldBytes }, cursor);
  }

  #store(stream: Stream, held: Held, released: Released, cursor: number | undefined): void | Promise<void> {
    held.cursor = cursor;
    // The cursor excludes bytes that are still held back. A resumed run reads those again.
    return this.#inner.write(stream, released.bytes, cursor === undefined ? undefined : cursor - released.held);
  }

  lost(stream: Stream, detail: string, cursor?: number): void {
    // A gap ends a possible match. Awaiting the write here would reorder the loss.
    void Promise.resolve(this.#release(stream)).catch(() => undefined);
    this.#inner.lost(stream, detail, cursor);
  }

  observe(fact: Parameters<Output['observe']>[0]): void {
    this.#inner.observe(fact);
  }

  async end(): Promise<void> {
    await this.#writing?.catch(() => undefined);
    for (const stream of this.#streams.keys()) await this.#release(stream);
  }

  #held(stream: Stream): Held {
    let held = this.#streams.get(stream);
    if (held === undefined) this.#streams.set(stream, (held = { masked: this.#mask.stream(), cursor: undefined }));
    return held;
  }

  #release(stream: Stream): void | Promise<void> {
    const held = this.#held(stream);
    return this.#inner.write(stream, held.masked.end(), held.cursor);
  }
}
