/** A child process that reports its progress as lines. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export class Spoken implements AsyncDisposable {
  readonly lines: string[] = [];
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  readonly #child: ChildProcess;
  readonly #waits = new Set<() => void>();
  #errors = '';

  constructor(program: string, args: readonly string[]) {
    this.#child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise((resolve) =>
      this.#child.once('close', (code, signal) => {
        resolve({ code, signal });
        this.#wake();
      }),
    );
    this.#child.stderr?.on('data', (text) => (this.#errors += String(text)));
    if (this.#child.stdout)
      createInterface(this.#child.stdout).on('line', (line) => {
        this.lines.push(line);
        this.#wake();
      });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves with the first matching line, including earlier ones. */
  async line(isRight: (line: string) => boolean): Promise<string> {
    for (;;) {
      const found = this.lines.find(isRight);
      if (found !== undefined) return found;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(`it has ended: ${this.lines.slice(-3).join(' | ')} ${this.#errors}`);
      await new Promise<void>((resolve) => this.#waits.add(resolve));
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  #wake(): void {
    const waits = [...this.#waits];
    this.#waits.clear();
    for (const resolve of waits) resolve();
  }
}
