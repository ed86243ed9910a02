/**
 * What `main.ts` reads of the process and hands down; commands know no other world, so a test gives them one of its
 * own.
 */
import type { Clock } from '../model/clock.ts';

export interface Host {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly platform: string;
  readonly clock: Clock;
  readonly stdin: Input;
  readonly stdout: Screen;
  readonly stderr: Screen;
  /** Called on Ctrl-C, SIGTERM, SIGHUP, each time. Disposed, the process would end as usual. */
  onSignal(handle: (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => void): Disposable;
  /**
   * Runs a command with the terminal that this process has; its exit code, 128 and the number of a signal that ended
   * it.
   */
  runHere(
    argv: readonly string[],
    options: { readonly directory: string; readonly env: Readonly<Record<string, string>> },
  ): Promise<number>;
  /** Ends the process without waiting for anything. */
  exit(code: number): never;
}

export interface Screen {
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly rows: number;
  /** Resolves when more may be written; rejects never: a reader that has gone (`| head`) only makes `closed` true. */
  write(text: string | Uint8Array): Promise<void>;
  readonly closed: boolean;
  onResize(changed: () => void): Disposable;
}

export interface AskOptions {
  readonly hidden?: boolean;
  readonly signal?: AbortSignal;
  /** Ctrl-C, where a hidden answer takes the terminal from the one who would make a signal of it. */
  readonly interrupted?: () => void;
}

export interface Input {
  readonly isTerminal: boolean;
  /** A line without its end; `undefined` at the end of input and when the signal is aborted. `hidden`: not echoed. */
  ask(question: string, options?: AskOptions): Promise<string | undefined>;
  /** All that is typed or piped in, to its end; the terminal edits its lines itself. */
  bytes(): AsyncIterable<Uint8Array>;
  /** Raw bytes with the terminal in raw mode until disposed. */
  raw(): AsyncIterable<Uint8Array> & Disposable;
}

/** docs/design/product.md, "Command line". */
export const exitCodes = { succeeded: 0, failed: 1, usage: 2, unavailable: 3, cancelled: 130 } as const;
