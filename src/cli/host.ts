/** What `main.ts` passes in from the process. Commands access the process only through it, so tests can replace it. */
import type { Clock } from '../model/clock.ts';

export interface Host {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly platform: string;
  /** The processor, as Node names it: `x64`. */
  readonly arch: string;
  readonly clock: Clock;
  readonly stdin: Input;
  readonly stdout: Screen;
  readonly stderr: Screen;
  /** `handle` is called on every Ctrl-C, SIGTERM and SIGHUP. After disposal, signals end the process as usual. */
  onSignal(handle: (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => void): Disposable;
  /**
   * Runs a command on this process's terminal. Returns its exit code, or 128 plus the number of the signal that ended
   * it.
   */
  runHere(
    argv: readonly string[],
    options: { readonly directory: string; readonly env: Readonly<Record<string, string>> },
  ): Promise<number>;
  /** Ends the process immediately. */
  exit(code: number): never;
}

export interface Screen {
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly rows: number;
  /** Resolves when more may be written. Never rejects: a closed pipe (`| head`) only sets `closed`. */
  write(text: string | Uint8Array): Promise<void>;
  readonly closed: boolean;
  onResize(changed: () => void): Disposable;
}

export interface AskOptions {
  readonly hidden?: boolean;
  readonly signal?: AbortSignal;
  /** Called on Ctrl-C while a hidden answer keeps the terminal in raw mode. */
  readonly interrupted?: () => void;
}

export interface Input {
  readonly isTerminal: boolean;
  /**
   * Returns a line without its newline, or `undefined` at the end of input and on abort. `hidden` disables the echo.
   */
  ask(question: string, options?: AskOptions): Promise<string | undefined>;
  /** Returns all input to its end. A terminal edits its lines itself. */
  bytes(): AsyncIterable<Uint8Array>;
  /** Returns raw bytes. The terminal is in raw mode until disposal. */
  raw(): AsyncIterable<Uint8Array> & Disposable;
}

/** docs/design/product.md, "Command line". */
export const exitCodes = { succeeded: 0, failed: 1, usage: 2, unavailable: 3, cancelled: 130 } as const;
