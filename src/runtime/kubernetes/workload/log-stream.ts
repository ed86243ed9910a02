import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../../model/clock.ts';
import { ClusterLost } from '../../../clusters/api/api-error.ts';
import { nextTurn } from '../../../util/next-turn.ts';

const afterwardsMs = 20;
const over = 'it came';

/** The body of one response, read on demand: without a reader it takes nothing from the connection. */
export class LogStream implements Disposable {
  #error: Error | undefined;
  #ended = false;
  #wake: (() => void) | undefined;
  readonly #answer: IncomingMessage;
  readonly #clock: Clock;

  constructor(answer: IncomingMessage, clock: Clock) {
    this.#answer = answer;
    this.#clock = clock;
    answer.on('readable', () => this.#wake?.());
    answer.once('end', () => this.#stop());
    answer.once('error', (error) => this.#stop(error));
    // `close` also comes if neither `end` nor `error` does.
    answer.once('close', () => this.#stop(new Error('the connection broke')));
  }

  /**
   * Returns the bytes that have arrived. Waits at most this long for them.
   * @returns `silent`: nothing yet; `end`: the stream ended cleanly
   * @throws ClusterLost if the connection broke
   */
  async next(waitMs: number): Promise<Buffer | 'silent' | 'roused' | 'end'> {
    // Combines pieces that arrive in quick succession.
    await nextTurn();
    const ready = this.#take();
    if (ready !== undefined) return ready;
    const enough = new AbortController();
    const woken = await new Promise<'silent' | 'roused'>((resolve) => {
      this.#wake = () => resolve('roused');
      this.#sleep(waitMs, enough.signal).then(
        () => resolve('silent'),
        () => undefined,
      );
    });
    this.#wake = undefined;
    // An explicit reason avoids the cost of a new error with a stack.
    enough.abort(over);
    if (woken === 'roused') await nextTurn();
    return this.#take() ?? woken;
  }

  /** Wakes up the waiting reader. */
  rouse(): void {
    this.#wake?.();
  }

  [Symbol.dispose](): void {
    this.#answer.destroy();
  }

  /** Sleeps in two parts. After a stall of the process, timers fire before the received data is handled. */
  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    await this.#clock.sleep(ms, signal);
    await this.#clock.sleep(afterwardsMs, signal);
  }

  #take(): Buffer | 'end' | undefined {
    const bytes = this.#answer.read() as Buffer | null;
    if (bytes !== null) return bytes;
    if (this.#error) throw new ClusterLost('the connection broke', { cause: this.#error });
    return this.#ended ? 'end' : undefined;
  }

  #stop(error?: Error): void {
    if (!this.#ended) this.#error ??= error;
    this.#ended ||= error === undefined;
    this.#wake?.();
  }
}
