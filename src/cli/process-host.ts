/** The `Host` of a real process. `main.ts` creates it. */
import { systemClock } from '../model/clock.ts';
import type { Host, Screen } from './host.ts';
import { cannotWrite, isBrokenPipe } from '../util/write-failure.ts';
import { streamInput } from './stream-input.ts';

export interface ProcessHost extends Host {
  /** Resolves when everything written has left the process or can no longer be written. */
  flush(): Promise<void>;
  /** Returns one sentence for each standard stream that lost output. Call it after `flush`. */
  writeFailures(): readonly string[];
}

export function processHost(process: NodeJS.Process): ProcessHost {
  const stdout = new StreamScreen(process.stdout, process.env);
  const stderr = new StreamScreen(process.stderr, process.env);
  // Restore the terminal however the process ends.
  process.on('exit', () => stdout.restore());
  return {
    argv: process.argv.slice(2),
    env: process.env,
    cwd: currentFolder(process),
    platform: process.platform,
    arch: process.arch,
    clock: systemClock,
    stdin: streamInput(process.stdin, process.stderr),
    stdout,
    stderr,
    onSignal: (handle) => onSignal(process, handle),
    runHere,
    exit: (code) => process.exit(code),
    flush: async () => {
      await Promise.all([stdout.flush(), stderr.flush()]);
    },
    writeFailures: () => [
      ...(stdout.failure === undefined ? [] : [cannotWrite('standard output', stdout.failure)]),
      ...(stderr.failure === undefined ? [] : [cannotWrite('standard error', stderr.failure)]),
    ],
  };
}

/**
 * @internal exported for its test. Returns `PWD` if the working directory was removed. Most commands do not need it,
 * and the others report that it is missing.
 */
export function currentFolder(process: Pick<NodeJS.Process, 'cwd' | 'env'>): string {
  try {
    return process.cwd();
  } catch {
    return process.env['PWD'] || '/';
  }
}

async function runHere(
  [command = '', ...args]: readonly string[],
  { directory, env }: { directory: string; env: Readonly<Record<string, string>> },
): Promise<number> {
  const [{ spawn }, { constants }] = await Promise.all([import('node:child_process'), import('node:os')]);
  return await new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: directory, env: { ...env }, stdio: 'inherit' });
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

type Signal = Parameters<Parameters<Host['onSignal']>[0]>[0];

function onSignal(process: NodeJS.Process, handle: (signal: Signal) => void): Disposable {
  const signals: readonly Signal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const listeners = signals.map((signal) => [signal, () => handle(signal)] as const);
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return {
    [Symbol.dispose]: () => {
      for (const [signal, listener] of listeners) process.off(signal, listener);
    },
  };
}

const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';

/** @internal exported for its test */
export class StreamScreen implements Screen {
  readonly isTerminal: boolean;
  closed = false;
  /** Why output was lost though the reader may still be there: a full disk, a device that is gone. */
  failure: Error | undefined;
  #cursorHidden = false;
  /** Writers that wait for the reader. */
  #waiting: (() => void)[] = [];
  readonly #stream: NodeJS.WriteStream;
  readonly #env: Host['env'];

  constructor(stream: NodeJS.WriteStream, env: Host['env']) {
    this.#stream = stream;
    this.#env = env;
    this.isTerminal = stream.isTTY === true;
    stream.on('error', (error: Error) => {
      if (!isBrokenPipe(error)) this.failure ??= error;
      this.#close();
    });
    stream.on('close', () => this.#close());
    stream.on('drain', () => this.#release());
  }

  get columns(): number {
    return this.#stream.columns || Number(this.#env.COLUMNS) || 80;
  }

  get rows(): number {
    return this.#stream.rows || Number(this.#env.LINES) || 24;
  }

  async write(text: string | Uint8Array): Promise<void> {
    if (this.closed || text.length === 0) return;
    if (typeof text === 'string') this.#noteCursor(text);
    if (this.#stream.write(text)) return;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  onResize(changed: () => void): Disposable {
    this.#stream.on('resize', changed);
    return { [Symbol.dispose]: () => this.#stream.off('resize', changed) };
  }

  async flush(): Promise<void> {
    if (this.closed) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      // A stream reports an error in its next turn. An empty write could fail although nothing was to be written.
      if (this.#stream.writableLength === 0) setImmediate(() => this.#release());
      else this.#stream.write('', () => this.#release());
    });
  }

  /** Shows the cursor again. Safe to call at any time. */
  restore(): void {
    if (this.#cursorHidden && !this.closed) this.#stream.write(showCursor);
    this.#cursorHidden = false;
  }

  #noteCursor(text: string): void {
    const hidden = text.lastIndexOf(hideCursor);
    const shown = text.lastIndexOf(showCursor);
    if (hidden !== shown) this.#cursorHidden = hidden > shown;
  }

  #close(): void {
    this.closed = true;
    this.#release();
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }
}
