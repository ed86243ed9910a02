import { setMaxListeners } from 'node:events';

/** The timeout and the signals of one request. Releases its listeners at the end, since the signals live far longer. */
export class Deadline {
  readonly #ended = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #outer: ReadonlyMap<AbortSignal, () => void>;

  /** @param late returns the error if the request takes longer than `ms` */
  constructor(ms: number, late: () => Error, outer: readonly (AbortSignal | undefined)[]) {
    this.#timer = setTimeout(() => this.#ended.abort(late()), ms);
    this.#outer = new Map(
      outer.flatMap((signal) => (signal ? [[signal, () => this.#ended.abort(signal.reason)]] : [])),
    );
    for (const [signal, stop] of this.#outer) {
      // Many concurrent requests are not a leak. Without this Node prints a warning.
      setMaxListeners(0, signal);
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    }
  }

  /** Aborted with the reason of the first. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** Removes the timeout. The signals remain. */
  lift(): void {
    clearTimeout(this.#timer);
  }

  end(): void {
    clearTimeout(this.#timer);
    for (const [signal, stop] of this.#outer) signal.removeEventListener('abort', stop);
  }
}
