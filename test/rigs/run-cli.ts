import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../../dist/slipway.js', import.meta.url));

export interface CliEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd: string;
  /** The complete environment, usually a project's `env`. The test's own environment is not inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** The built command line in its own process. */
export class CliRun implements AsyncDisposable {
  readonly ended: Promise<CliEnd>;
  readonly #child: ChildProcess;
  readonly #watchers = new Set<() => void>();
  #stdout = '';
  #stderr = '';
  #end: Omit<CliEnd, 'stdout' | 'stderr'> | undefined;
  readonly #args: readonly string[];

  constructor(args: readonly string[], { cwd, env, input }: CliOptions) {
    this.#args = args;

    if (!existsSync(entry)) throw new Error('dist/slipway.js is missing: the build of this test run failed');
    this.#child = spawn(process.execPath, [entry, ...args], { cwd, env: { ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stdin?.on('error', () => undefined).end(input ?? '');
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#changed(() => (this.#stdout += text)));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#changed(() => (this.#stderr += text)));
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => {
        this.#changed(() => (this.#end = { code, signal }));
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends as a reader that has read enough (`| head`). */
  closeStdout(): void {
    this.#child.stdout?.destroy();
  }

  /** Resolves when stdout or stderr contains this. Rejects with both if the command ends first. */
  async until(wanted: string | RegExp): Promise<void> {
    const isThere = () =>
      [this.#stdout, this.#stderr].some((text) =>
        typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text),
      );
    while (!isThere()) {
      if (this.#end) throw new Error(`it ended without ${String(wanted)}\n${this.describe()}`);
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  /** Waits for the end. Throws everything known unless the exit code is this one. */
  async exits(code: number): Promise<CliEnd> {
    const end = await this.ended;
    if (end.code !== code) throw new Error(`expected exit code ${code}\n${this.describe()}`);
    return end;
  }

  describe(): string {
    const end = this.#end ? `ended with ${this.#end.code ?? this.#end.signal}` : 'still runs';
    return `slipway ${this.#args.join(' ')} (${end})\n--- stdout\n${this.#stdout}\n--- stderr\n${this.#stderr}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#end) this.#child.kill('SIGKILL');
    await this.ended;
  }

  #changed(change: () => void): void {
    change();
    for (const look of this.#watchers) look();
    this.#watchers.clear();
  }
}

/** Starts `slipway ARGS…`. */
export function runCli(args: readonly string[], options: CliOptions): CliRun {
  return new CliRun(args, options);
}
