import type { Duplex } from 'node:stream';
import { onAbort } from '../../util/abort.ts';

/** How much is kept. With more, a connection cannot go to another pod. */
const mostBytes = 64 * 1024;

/** What a client has sent before anything answered, so that it can be sent to another pod. */
export class EarlyBytes {
  readonly #near: Duplex;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #hasEnded = false;
  #isReading = false;
  #far: Duplex | undefined;
  #overflowed: () => void = () => undefined;

  /** @param near paused. It is read from the first `sendTo` on */
  constructor(near: Duplex) {
    this.#near = near;
    near.on('error', () => undefined);
  }

  /** Nothing was sent yet. */
  get isEmpty(): boolean {
    return this.#size === 0 && !this.#hasEnded;
  }

  /**
   * Sends what came and what comes, until the other side answers or ends, or until more came than is kept. Returns the
   * error if it broke before that, or the reason of the signal. Never rejects.
   */
  async sendTo(far: Duplex, signal: AbortSignal): Promise<Error | undefined> {
    if (signal.aborted) return closed();
    if (far.errored) return far.errored;
    return await new Promise((resolve) => {
      const settle = (error?: Error) => {
        listener[Symbol.dispose]();
        far.off('readable', answered).off('close', broke);
        this.#far = undefined;
        resolve(error);
      };
      const answered = () => settle();
      const broke = () => settle(far.errored ?? closed());
      const listener = onAbort(signal, () => settle(closed()));
      // Stays for errors that follow.
      far.on('error', (error) => settle(error));
      far.once('readable', answered).once('close', broke);
      this.#overflowed = answered;
      this.#far = far;
      for (const chunk of this.#chunks) far.write(chunk);
      if (this.#hasEnded) far.end();
      this.#read();
      if (this.#size > mostBytes) answered();
    });
  }

  /** Stops reading. The next reader gets what comes from now on. */
  release(): void {
    this.#near.off('data', this.#took).off('end', this.#ended);
  }

  #read(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    this.#near.on('data', this.#took).once('end', this.#ended).resume();
  }

  readonly #took = (chunk: Buffer): void => {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    this.#far?.write(chunk);
    if (this.#size <= mostBytes) return;
    // The other side takes the rest at its own speed.
    this.#near.pause();
    this.#overflowed();
  };

  readonly #ended = (): void => {
    this.#hasEnded = true;
    this.#far?.end();
  };
}

function closed(): Error {
  return new Error('the connection was closed');
}
