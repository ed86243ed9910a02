import { setTimeout as timer } from 'node:timers/promises';
import { onAbort } from './abort.ts';

/** Sleeps for milliseconds. Rejects if the signal is aborted. */
type Sleep = (ms: number, signal: AbortSignal) => Promise<unknown>;

/** The time limit of one request, joined with the signals that cancel the request. Dispose it with the request. */
export class Deadline implements Disposable {
  readonly #ended = new AbortController();
  readonly #lifted = new AbortController();
  readonly #listener: Disposable;

  /**
   * @param ms the limit in milliseconds; `never`: only the signals end the request
   * @param late returns the error if the request takes longer
   * @param sleep default: real time
   */
  constructor(
    ms: number | 'never',
    late: () => Error,
    signals: readonly (AbortSignal | undefined)[],
    sleep: Sleep = async (ms, signal) => await timer(ms, undefined, { signal }),
  ) {
    if (ms !== 'never')
      sleep(ms, this.#lifted.signal).then(
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
