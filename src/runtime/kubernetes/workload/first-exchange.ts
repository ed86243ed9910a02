import type { RemoteEnd, RemoteIo } from '../../../clusters/api/remote-command.ts';
import { CappedText } from './capped-text.ts';
import { onAbort } from '../../../util/abort.ts';

/**
 * One command in a pod's helper (`fillCommand`). It receives the files, opens the gate and then reports the command's
 * end. A separate exchange for the end would cost one more connection and one more process in the pod for each step.
 */
export class FirstExchange {
  readonly #leaving = new AbortController();
  readonly #end: Promise<RemoteEnd>;
  readonly #opened: Promise<void>;
  readonly #said = new CappedText();
  readonly #errors = new CappedText();

  constructor(run: (io: RemoteIo) => Promise<RemoteEnd>, stdin: AsyncIterable<Uint8Array>) {
    let isOpen = () => {};
    this.#opened = new Promise((resolve) => (isOpen = resolve));
    const stdout = (bytes: Uint8Array) => {
      this.#said.push(bytes);
      if (this.#afterOpening !== undefined) isOpen();
    };
    this.#end = run({ signal: this.#leaving.signal, stdin, stdout, stderr: this.#errors.push });
    // A caller that stopped waiting does not read this promise.
    this.#end.catch(() => undefined);
  }

  /**
   * Waits until the gate is open.
   * @returns how the exchange ended if it ended before that. Rejects if the connection broke
   */
  async opened(signal: AbortSignal): Promise<RemoteEnd | undefined> {
    return await this.#until(
      signal,
      Promise.race([
        this.#opened.then(() => undefined),
        this.#end.then((end) => (this.#afterOpening === undefined ? end : undefined)),
      ]),
    );
  }

  /** Returns how the exchange ended. Rejects if the connection broke. */
  async over(signal: AbortSignal): Promise<RemoteEnd> {
    return await this.#until(signal, this.#end);
  }

  /**
   * Returns what `endCommand` would print; `undefined` if a separate `endCommand` is needed. Rejects if the connection
   * broke. Stops waiting when the signal is aborted.
   */
  async ended(signal: AbortSignal): Promise<string | undefined> {
    const end = await this.over(signal);
    return 'code' in end && end.code === 0 ? this.#afterOpening : undefined;
  }

  get said(): string {
    return this.#said.text;
  }

  get errors(): string {
    return this.#errors.text;
  }

  /** The output after the line that reports the open gate. */
  get #afterOpening(): string | undefined {
    return /^opened .*\n([^]*)$/m.exec(this.said)?.[1];
  }

  /** Aborts the exchange when the signal is aborted. */
  async #until<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
    using _left = onAbort(signal, (reason) => this.#leaving.abort(reason));
    return await promise;
  }
}
