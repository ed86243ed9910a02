import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../../model/clock.ts';
import { ClusterLost } from '../../../clusters/api/api-error.ts';

const afterwardsMs = 20;
const over = 'it came';

/** The body of one answer, read as it is wanted: while nobody asks, nothing more is taken from the connection. */
export class LogStream implements Disposable {
  #error: Error | undefined;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(
    private readonly answer: IncomingMessage,
    private readonly clock: Clock,
  ) {
    answer.on('readable', () => this.#wake?.());
    answer.once('end', () => this.#stop());
    answer.once('error', (error) => this.#stop(error));
    // Told also where neither of the others is.
    answer.once('close', () => this.#stop(new Error('the connection broke off')));
  }

  /**
   * What has come; waits for it for at most so long.
   * @returns `silent`: nothing yet; `end`: in good form
   * @throws ClusterLost where it broke off
   */
  async next(waitMs: number): Promise<Buffer | 'silent' | 'roused' | 'end'> {
    // Pieces that come one by one are taken together.
    await new Promise((resolve) => setImmediate(resolve));
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
    // With a reason of its own it costs next to nothing.
    enough.abort(over);
    if (woken === 'roused') await new Promise((resolve) => setImmediate(resolve));
    return this.#take() ?? woken;
  }

  /** Lets whoever waits look around. */
  rouse(): void {
    this.#wake?.();
  }

  [Symbol.dispose](): void {
    this.answer.destroy();
  }

  /** In two parts: a process that got no time hears its timers first, then what came meanwhile. */
  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    await this.clock.sleep(ms, signal);
    await this.clock.sleep(afterwardsMs, signal);
  }

  #take(): Buffer | 'end' | undefined {
    const bytes = this.answer.read() as Buffer | null;
    if (bytes !== null) return bytes;
    if (this.#error) throw new ClusterLost('the connection broke off', { cause: this.#error });
    return this.#ended ? 'end' : undefined;
  }

  #stop(error?: Error): void {
    if (!this.#ended) this.#error ??= error;
    this.#ended ||= error === undefined;
    this.#wake?.();
  }
}
