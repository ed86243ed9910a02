import type { Output, Stream } from '../../model/work.ts';
import type { Mask, MaskedStream } from '../../secrets/mask.ts';
import type { StepDecorator, StepWork } from '../step-runner.ts';

/**
 * Hides secrets in what a step prints, before it is counted and stored; each attempt and stream by itself (product.md, "Secrets").
 * What has been held back at the end of an attempt is let go then. What else is said of a step is masked by the run's sink.
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

interface Held {
  readonly masked: MaskedStream;
  /** The cursor after everything that was pushed. */
  cursor: number | undefined;
}

class MaskedOutput implements Output {
  readonly #streams = new Map<Stream, Held>();

  constructor(
    private readonly mask: Mask,
    private readonly inner: Output,
  ) {}

  write(stream: Stream, bytes: Uint8Array, cursor?: number): void | Promise<void> {
    const held = this.#held(stream);
    const released = held.masked.push(bytes);
    held.cursor = cursor;
    // Behind the cursor are only bytes that were let go, so that a resumed run reads the others again (architecture.md, "Bytes are bytes").
    return this.inner.write(stream, released.bytes, cursor === undefined ? undefined : cursor - released.held);
  }

  lost(stream: Stream, detail: string, cursor?: number): void {
    // A gap ends what may have begun before it. Losing bytes is rare, and waiting here would change their order.
    void Promise.resolve(this.#release(stream)).catch(() => undefined);
    this.inner.lost(stream, detail, cursor);
  }

  observe(fact: Parameters<Output['observe']>[0]): void {
    this.inner.observe(fact);
  }

  async end(): Promise<void> {
    for (const stream of this.#streams.keys()) await this.#release(stream);
  }

  #held(stream: Stream): Held {
    let held = this.#streams.get(stream);
    if (held === undefined) this.#streams.set(stream, (held = { masked: this.mask.stream(), cursor: undefined }));
    return held;
  }

  #release(stream: Stream): void | Promise<void> {
    const held = this.#held(stream);
    return this.inner.write(stream, held.masked.end(), held.cursor);
  }
}
