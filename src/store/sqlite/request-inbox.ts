/** Reads the requests for a run that this process owns. */
import type { RunId } from '../../model/ids.ts';
import type { RequestAnswer, RunRequest, SentRequest } from '../store.ts';
import type { IndexWatch } from './index-watch.ts';
import type { RunIndex } from './run-index.ts';

export class RequestInbox {
  readonly #held: RunRequest[] = [];
  readonly #closed = new AbortController();
  #last = 0;
  #taking: Promise<void> = Promise.resolve();
  readonly #index: RunIndex;
  readonly #watch: IndexWatch;
  readonly #run: RunId;
  readonly #epoch: number;

  constructor(index: RunIndex, watch: IndexWatch, run: RunId, epoch: number) {
    this.#index = index;
    this.#watch = watch;
    this.#run = run;
    this.#epoch = epoch;
  }

  /**
   * Yields each request to one iteration only. Retries after errors of the index: a late request is better than a
   * failed run.
   */
  async *requests(signal: AbortSignal, until: 'now' | 'forever'): AsyncGenerator<RunRequest, undefined, undefined> {
    const ended = () => signal.aborted || this.#closed.signal.aborted;
    while (!ended()) {
      const seen = this.#watch.version;
      await this.#take();
      for (let request = this.#held.shift(); request !== undefined; request = this.#held.shift()) {
        yield request;
        if (ended()) return;
      }
      if (until === 'now') return;
      await this.#watch.changed(seen, [signal, this.#closed.signal]);
    }
  }

  /** Sends a request to the run itself. @param at the time in milliseconds since 1970 */
  async send(request: SentRequest, at: number): Promise<void> {
    await this.#index.request(this.#run, request, at, this.#epoch);
    this.#watch.notify();
  }

  async answer(request: string, answer: RequestAnswer): Promise<void> {
    await this.#index.answer(this.#run, this.#epoch, request, answer).catch(() => undefined);
    this.#watch.notify();
  }

  close(): void {
    this.#closed.abort();
  }

  async #take(): Promise<void> {
    this.#taking = this.#taking
      .then(async () => {
        const { requests, last } = await this.#index.takeRequests(this.#run, this.#epoch, this.#last);
        this.#last = last;
        this.#held.push(...requests);
      })
      .catch(() => undefined);
    await this.#taking;
  }
}
