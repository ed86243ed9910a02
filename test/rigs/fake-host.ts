/** An in-memory host for the command line. */
import { Readable } from 'node:stream';
import type { Host, Input, Screen } from '../../src/cli/host.ts';
import type { Clock } from '../../src/model/clock.ts';
import { ManualClock } from './manual-clock.ts';
import { storyStart } from './run-story.ts';

export class FakeScreen implements Screen {
  text = '';
  readonly chunks: (string | Uint8Array)[] = [];
  closed = false;
  columns = 80;
  rows = 24;
  readonly #resized = new Set<() => void>();
  /** If set, writes wait for it, as for a slow reader. */
  gate: Promise<void> | undefined;

  constructor(public isTerminal = false) {}

  async write(text: string | Uint8Array): Promise<void> {
    if (this.closed) return;
    this.chunks.push(text);
    this.text += typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
    await this.gate;
  }

  onResize(changed: () => void): Disposable {
    this.#resized.add(changed);
    return { [Symbol.dispose]: () => this.#resized.delete(changed) };
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    for (const changed of [...this.#resized]) changed();
  }

  get lines(): string[] {
    return this.text.replace(/\n$/, '').split('\n');
  }
}

type Handler = Parameters<Host['onSignal']>[0];

export class FakeHost implements Host {
  argv: readonly string[];
  env: Record<string, string | undefined> = { LANG: 'C.UTF-8' };
  cwd = '/home/me/shop';
  platform = 'linux';
  arch = 'x64';
  readonly stdout = new FakeScreen();
  readonly stderr = new FakeScreen();
  readonly answers: string[] = [];
  readonly questions: string[] = [];
  readonly stdin: Input & { isTerminal: boolean };
  /** The piped input. */
  readonly piped: Uint8Array[] = [];
  /** How often the terminal is in raw mode now. */
  raw = 0;
  /** The result of `runHere`. */
  ranHere: readonly string[] | undefined;
  exited: number | undefined;
  readonly #handlers = new Set<Handler>();

  constructor(
    argv: readonly string[],
    readonly clock: Clock = new ManualClock(storyStart),
  ) {
    this.argv = argv;
    this.stdin = {
      isTerminal: false,
      ask: async (question) => {
        this.questions.push(question);
        return this.answers.shift();
      },
      bytes: () => Readable.from(this.piped),
      raw: () => {
        this.raw++;
        return {
          async *[Symbol.asyncIterator]() {},
          [Symbol.dispose]: () => void this.raw--,
        };
      },
    };
  }

  onSignal(handle: Handler): Disposable {
    this.#handlers.add(handle);
    return { [Symbol.dispose]: () => this.#handlers.delete(handle) };
  }

  /** The number of Ctrl-C listeners. */
  get listening(): number {
    return this.#handlers.size;
  }

  signal(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' = 'SIGINT'): void {
    for (const handle of [...this.#handlers]) handle(signal);
  }

  runHere(argv: readonly string[]): Promise<number> {
    this.ranHere = argv;
    return Promise.resolve(7);
  }

  exit(code: number): never {
    this.exited = code;
    throw new Error(`the process would have ended with ${code}`);
  }
}
