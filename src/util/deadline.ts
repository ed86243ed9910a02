import { setTimeout as timer } from 'node:timers/promises';
import { onAbort } from './abort.ts';

/** What a limit needs of a clock. */
export interface Sleeper {
  /** Rejects if the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<unknown>;
}

const realTime: Sleeper = { sleep: async (ms, signal) => await timer(ms, undefined, { signal }) };

/** The time limit of one request, joined with the signals that cancel the request. Dispose it with the request. */
export class Deadline implements Disposable {
  readonly #ended = new AbortController();
  readonly #lifted = new AbortController();
  readonly #listener: Disposable;

  /**
   * @param ms the limit in milliseconds; `never`: only the signals end the request
   * @param late returns the error if the request takes longer
   * @param clock default: real time
   */
  constructor(
    ms: number | 'never',
    late: () => Error,
    signals: readonly (AbortSignal | undefined)[],
    clock = realTime,
  ) {
    if (ms !== 'never')
      clock.sleep(ms, this.#lifted.signal).then(
        () => this.#ended.abort(late()),
        () => undefined,
      );
    this.#listener = onAbort(signals, (reason) => this.#ended.abort(reason));
  }

  /** Aborted with the reason of what came first: the limit, or one of the signals. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** Removes the limit. The signals remain. */
  lift(): void {
    this.#lifted.abort();
  }

  [Symbol.dispose](): void {
    this.lift();
    this.#listener[Symbol.dispose]();
  }
}
