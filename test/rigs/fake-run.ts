import type { RunId } from '../../src/model/ids.ts';
import type { OwnedRun, RequestAnswer, RunLog, RunRequest, SentRequest, StoreError } from '../../src/store/store.ts';
import { RecordingSink } from './recording-sink.ts';
import { nextTurn } from '../../src/util/next-turn.ts';
import { onAbort } from '../../src/util/abort.ts';

/** A run as its owner has it, without a store: what the engine does with it is in `calls`. */
export class FakeRun implements OwnedRun {
  readonly id = 'run' as RunId;
  readonly number = 7;
  readonly epoch = 1;
  readonly log = {} as RunLog;
  readonly calls: string[] = [];
  /** Requests cannot be read. */
  requestsFail = false;
  /** Requests of before. */
  readonly waiting: RunRequest[] = [];
  readonly #lost = new AbortController();
  #ask: (request: RunRequest) => void = () => undefined;

  readonly lost = this.#lost.signal;

  confirm(): void {
    this.lost.throwIfAborted();
  }

  lose(error: StoreError): void {
    this.#lost.abort(error);
  }

  request(request: SentRequest): Promise<void> {
    this.calls.push(`request ${request.type}`);
    return Promise.resolve();
  }

  /** Another process asks for something. */
  ask(request: RunRequest): void {
    this.#ask(request);
  }

  async *requests(signal: AbortSignal, until: 'now' | 'forever' = 'forever'): AsyncGenerator<RunRequest> {
    if (this.requestsFail) throw new Error('the index cannot be read');
    if (until === 'now') {
      yield* this.waiting.splice(0);
      return;
    }
    const asked: RunRequest[] = [];
    while (!signal.aborted) {
      yield* asked.splice(0);
      await new Promise<void>((resolve) => {
        this.#ask = (request) => (asked.push(request), resolve());
        onAbort(signal, () => resolve());
      });
    }
    // What the reader does at its end takes a moment.
    await nextTurn();
    this.calls.push('requests ended');
  }

  async answer(request: string, { status }: RequestAnswer): Promise<void> {
    this.calls.push(`answered ${request}: ${status}`);
  }

  async release(): Promise<void> {
    this.calls.push('released');
  }
}

/** Records its events, and reports to the run when it is closed. */
export class ClosableSink extends RecordingSink {
  readonly #run: FakeRun;

  constructor(run: FakeRun) {
    super();
    this.#run = run;
  }

  async close(): Promise<void> {
    await nextTurn();
    this.#run.calls.push('closed');
  }
}
