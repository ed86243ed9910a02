import type { RemoteEnd, RemoteIo } from '../../../clusters/api/remote-command.ts';
import { SaidText } from './said-text.ts';

/**
 * One command in a pod's helper that takes the files, opens the gate, and stays to tell the end of what runs behind it
 * (`fillCommand`): another exchange for the end would be one more connection, and one more process to be put into the
 * pod, for each step.
 */
export class FirstExchange {
  readonly #leaving = new AbortController();
  readonly #end: Promise<RemoteEnd>;
  readonly #opened: Promise<void>;
  readonly #said = new SaidText();
  readonly #errors = new SaidText();

  constructor(run: (io: RemoteIo) => Promise<RemoteEnd>, stdin: AsyncIterable<Uint8Array>) {
    let isOpen = () => {};
    this.#opened = new Promise((resolve) => (isOpen = resolve));
    const stdout = (bytes: Uint8Array) => {
      this.#said.push(bytes);
      if (this.#afterOpening !== undefined) isOpen();
    };
    this.#end = run({ signal: this.#leaving.signal, stdin, stdout, stderr: this.#errors.push });
    // Whoever left does not ask for it.
    this.#end.catch(() => undefined);
  }

  /**
   * Until the gate is open. @returns how the exchange ended, where it came to no such thing. Rejects where the
   * connection broke
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

  /** How the exchange ended. Rejects where the connection broke. */
  async over(signal: AbortSignal): Promise<RemoteEnd> {
    return await this.#until(signal, this.#end);
  }

  /**
   * What `endCommand` would print; `undefined`: it has to be asked. Rejects where the connection broke. Nobody waits
   * any more once the signal says so.
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

  /** What was said behind the line that says that the gate is open. */
  get #afterOpening(): string | undefined {
    return /^opened .*\n([^]*)$/m.exec(this.said)?.[1];
  }

  /** The signal ends the exchange. */
  async #until<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
    const leave = () => this.#leaving.abort(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }
}
