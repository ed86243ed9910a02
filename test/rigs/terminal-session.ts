import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../../dist/slipway.js', import.meta.url));

/** Whether a terminal is available. util-linux' `script` provides it. */
export const hasTerminal =
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;

/** The built command line on a terminal, with a simulated user. */
export class TerminalSession implements AsyncDisposable {
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #watchers = new Set<() => void>();
  #screen = '';
  #gone = false;
  #seen = 0;

  constructor(
    args: readonly string[],
    { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  ) {
    const command = [process.execPath, entry, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    this.#child = spawn(
      'script',
      ['--quiet', '--flush', '--return', '--echo', 'never', '--command', command, '/dev/null'],
      { cwd, env: { ...env, TERM: 'xterm' }, stdio: ['pipe', 'pipe', 'inherit'] },
    );
    this.#child.stdin?.on('error', () => undefined);
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#changed(() => (this.#screen += text)));
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (code) => {
        this.#changed(() => (this.#gone = true));
        resolve(code);
      });
    });
  }

  /** Returns everything that was on the screen. */
  get screen(): string {
    return this.#screen;
  }

  /** Resolves when this text appears after everything that was awaited before. */
  async until(wanted: string): Promise<void> {
    for (;;) {
      const at = this.#screen.indexOf(wanted, this.#seen);
      if (at >= 0) {
        this.#seen = at + wanted.length;
        return;
      }
      if (this.#gone) throw new Error(`it ended without ${JSON.stringify(wanted)}\n${this.#screen}`);
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#gone) return;
    this.#child.kill('SIGTERM');
    await this.ended;
  }

  #changed(change: () => void): void {
    change();
    for (const watcher of this.#watchers) watcher();
    this.#watchers.clear();
  }
}
