/** One call of the command line, as the commands see it. */
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { pastedWord } from './text/pasted-word.ts';
import type { Host, Screen } from './host.ts';
import type { Services } from '../runs/services.ts';
import { UsageError } from './usage-error.ts';
import { lookFor, type ColourChoice, type Look } from './text/look.ts';
import { terminalJson } from '../events/terminal-json.ts';

/** Flags that every command takes. */
export interface GlobalFlags {
  readonly directory?: string;
  readonly output: 'text' | 'json';
  readonly color: ColourChoice;
}

/** All commands as the parser knows them. */
export interface CommandTree {
  readonly root: Command;
  /** Gives a command its arguments and flags. Called twice it does nothing the second time. */
  define(command: Command): Promise<void>;
}

export class Invocation {
  /** With which code the process ends. */
  code = 0;
  /** The user wants to be gone: nothing waits for anything any more. */
  abandoned = false;
  #services: Promise<Services> | undefined;
  #directory: string | undefined;
  #entered: string | undefined;

  constructor(
    readonly host: Host,
    readonly version: string,
    private readonly compose: () => Promise<Services>,
    private readonly globals: () => GlobalFlags,
    /** A tree of its own, for who looks at it without calling anything. */
    readonly commandTree: () => CommandTree,
  ) {}

  /** Made at the first call, so that a mistake on the command line touches nothing. */
  services(): Promise<Services> {
    this.#services ??= this.compose();
    return this.#services;
  }

  get json(): boolean {
    return this.globals().output === 'json';
  }

  get directory(): string {
    const directory = this.#entered ?? this.globals().directory;
    if (directory === undefined) return this.host.cwd;
    this.#directory ??= entered(resolve(this.host.cwd, directory));
    return this.#directory;
  }

  /** As `-C` does, for a command line that is only looked at. */
  enter(directory: string): void {
    this.#entered = directory.replace(/^~(?=\/|$)/, this.host.env['HOME'] ?? '~');
    this.#directory = undefined;
  }

  /** How a command about the same project begins, to be pasted into the same shell. */
  get slipway(): string {
    const { directory } = this.globals();
    return directory === undefined ? 'slipway' : `slipway -C ${pastedWord(directory)}`;
  }

  /**
   * A path that the user wrote, absolute. An empty one is a mistake: `--to "$DIR"` means no folder that the user can
   * see.
   */
  path(written: string | undefined): string {
    if (written === '') throw new UsageError('a path is empty', ['the folder that the command was given in is `.`']);
    return resolve(this.directory, written ?? '.');
  }

  look(screen: Screen = this.host.stdout): Look {
    return lookFor(this.host, screen, this.globals().color);
  }

  /** Cells of the screen where it is a terminal: elsewhere nothing is folded or cut. */
  get columns(): number | undefined {
    return this.host.stdout.isTerminal ? this.host.stdout.columns : undefined;
  }

  /** Lines for people, or one JSON document. */
  async print(lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await this.host.stdout.write(`${lines.join('\n')}\n`);
  }

  async printJson(value: unknown): Promise<void> {
    await this.host.stdout.write(`${terminalJson(JSON.stringify(value, undefined, 2))}\n`);
  }

  /** What belongs to the command and not to its result. */
  async tell(...lines: readonly string[]): Promise<void> {
    await this.host.stderr.write(`${lines.join('\n')}\n`);
  }

  /** Turns what a command does into what the parser calls. */
  action<Parameters extends unknown[]>(
    run: (...parameters: Parameters) => Promise<number>,
  ): (...parameters: Parameters) => Promise<void> {
    return async (...parameters) => {
      this.code = await run(...parameters);
    };
  }

  async close(): Promise<void> {
    if (this.#services === undefined || this.abandoned) return;
    const services = await this.#services.catch(() => undefined);
    await services?.[Symbol.asyncDispose]();
  }
}

/** Where one is after changing to a folder: `..` is the parent of the folder itself, not of a link that led to it. */
function entered(directory: string): string {
  try {
    return realpathSync(directory);
  } catch {
    return directory;
  }
}
