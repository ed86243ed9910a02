import { setMaxListeners } from 'node:events';

/**
 * The limits of one request: how long it may take, and whoever may end it. Lets go of them all when it ends: they
 * outlive it by far.
 */
export class Deadline {
  readonly #ended = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #outer: ReadonlyMap<AbortSignal, () => void>;

  /** @param late makes the reason, should it take longer than `ms` */
  constructor(ms: number, late: () => Error, outer: readonly (AbortSignal | undefined)[]) {
    this.#timer = setTimeout(() => this.#ended.abort(late()), ms);
    this.#outer = new Map(
      outer.flatMap((signal) => (signal ? [[signal, () => this.#ended.abort(signal.reason)]] : [])),
    );
    for (const [signal, stop] of this.#outer) {
      // Many requests at once are no leak; Node would say so to whoever looks at the terminal.
      setMaxListeners(0, signal);
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    }
  }

  /** Aborted with the reason of whoever was first. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** No more hurry; whoever may end it still may. */
  lift(): void {
    clearTimeout(this.#timer);
  }

  end(): void {
    clearTimeout(this.#timer);
    for (const [signal, stop] of this.#outer) signal.removeEventListener('abort', stop);
  }
}
