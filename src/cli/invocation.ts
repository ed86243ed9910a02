/** One call of the command line, as the commands see it. */
import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command, Option } from 'commander';
import { quoteForShell } from './text/quote-for-shell.ts';
import type { Host, Screen } from './host.ts';
import type { Services } from '../runs/services.ts';
import { UsageError, throwMistakes } from './usage-error.ts';
import { lookFor, type ColourChoice, type Look } from './text/look.ts';
import { terminalJson } from '../events/terminal-json.ts';

/** The flags of every command. */
export interface GlobalFlags {
  readonly directory?: string;
  readonly output: 'text' | 'json';
  readonly color: ColourChoice;
}

/** Returns the mistakes in the flags and operands of a command, beyond those in a single value. */
export type CheckCommandLine = (
  flags: Readonly<Record<string, unknown>>,
  operands: readonly string[],
  globals: Pick<GlobalFlags, 'output'>,
) => readonly UsageError[];

/** The parser's commands. */
export interface CommandTree {
  readonly root: Command;
  /** Adds a command's arguments and flags. A second call does nothing. */
  define(command: Command): Promise<void>;
}

/** Returns the JSON document of a command that ends before it has a result. @param why what stderr says */
export type RefusalDocument = (exitCode: number, why: string) => Promise<object>;

export class Invocation {
  /** The exit code of the process. */
  code = 0;
  /** The user wants to quit: do not wait for anything. */
  abandoned = false;
  #services: Promise<Services> | undefined;
  #directory: string | undefined;
  #entered: string | undefined;
  /** Whether a command has begun. Before that, every mistake is one of the command line alone. */
  #begun = false;
  readonly #checks = new Map<Command, CheckCommandLine>();
  readonly #alsoOffered = new Map<Command, () => readonly Option[]>();
  readonly #refusals = new Map<Command, RefusalDocument>();
  #hasPrintedJson = false;
  readonly #compose: () => Promise<Services>;
  readonly #globals: () => GlobalFlags;

  constructor(
    readonly host: Host,
    readonly version: string,
    compose: () => Promise<Services>,
    globals: () => GlobalFlags,
    /** Returns a separate tree, for callers that inspect commands without running them. */
    readonly commandTree: () => CommandTree,
  ) {
    this.#compose = compose;
    this.#globals = globals;
  }

  /** Returns the services. Creates them at the first call, so that a mistake on the command line has no effects. */
  services(): Promise<Services> {
    this.#services ??= this.#compose();
    return this.#services;
  }

  get json(): boolean {
    return this.#globals().output === 'json';
  }

  get directory(): string {
    const directory = this.#entered ?? this.#globals().directory;
    if (directory === undefined) return this.host.cwd;
    this.#directory ??= entered(resolve(this.host.cwd, directory));
    return this.#directory;
  }

  /**
   * Throws if `-C` names no folder. Commands that only read runs call it when they find none: the runs of a removed
   * folder can still be read.
   */
  requireDirectory(): void {
    const { directory } = this.#globals();
    if (directory === undefined) return;
    const found = statSync(this.directory, { throwIfNoEntry: false });
    if (found?.isDirectory() !== true)
      throw new UsageError(`-C ${directory}: ${found === undefined ? 'the folder does not exist' : 'not a folder'}`);
  }

  /** Changes the directory as `-C` does, for a command line that is only inspected. */
  enter(directory: string): void {
    this.#entered = directory.replace(/^~(?=\/|$)/, this.host.env['HOME'] ?? '~');
    this.#directory = undefined;
  }

  /** The start of a command about the same project, to be pasted into the same shell. */
  get slipway(): string {
    const { directory } = this.#globals();
    return directory === undefined ? 'slipway' : `slipway -C ${quoteForShell(directory)}`;
  }

  /**
   * Returns the absolute path of a path that the user wrote. An empty path is an error, because `--to "$DIR"` with an
   * unset variable is a mistake.
   */
  path(written: string | undefined): string {
    if (written === '') throw new UsageError('a path is empty', ['to name the current folder: .']);
    return resolve(this.directory, written ?? '.');
  }

  look(screen: Screen = this.host.stdout): Look {
    return lookFor(this.host, screen, this.#globals().color);
  }

  /** Width of the terminal, or `undefined` elsewhere: then nothing is wrapped or cut. */
  get columns(): number | undefined {
    return this.host.stdout.isTerminal ? this.host.stdout.columns : undefined;
  }

  /** Prints lines for people, or one JSON document. */
  async print(lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await this.host.stdout.write(`${lines.join('\n')}\n`);
  }

  async printJson(value: unknown): Promise<void> {
    this.#hasPrintedJson = true;
    await this.host.stdout.write(`${terminalJson(JSON.stringify(value, undefined, 2))}\n`);
  }

  /** Prints messages that are not part of the result to stderr. */
  async tell(...lines: readonly string[]): Promise<void> {
    await this.host.stderr.write(`${lines.join('\n')}\n`);
  }

  /** Whether the command has printed a JSON document. */
  get hasPrintedJson(): boolean {
    return this.#hasPrintedJson;
  }

  /** Sets what a command whose result is one JSON document prints if it has none. */
  onRefusal(command: Command, document: RefusalDocument): void {
    this.#refusals.set(command, document);
  }

  /** Sets what completion offers beside the flags of a command. */
  alsoOffer(command: Command, options: () => readonly Option[]): void {
    this.#alsoOffered.set(command, options);
  }

  alsoOffered(command: Command): readonly Option[] {
    return this.#alsoOffered.get(command)?.() ?? [];
  }

  refusalOf(command: Command): RefusalDocument | undefined {
    return this.#refusals.get(command);
  }

  get begun(): boolean {
    return this.#begun;
  }

  /** Sets what is checked of a command line before its command begins. */
  check(command: Command, check: CheckCommandLine): void {
    this.#checks.set(command, check);
  }

  checkOf(command: Command): CheckCommandLine | undefined {
    return this.#checks.get(command);
  }

  /** Checks the command line of a command, and lets it begin. Throws `UsageErrors`. */
  begin(command: Command): void {
    throwMistakes(this.checkOf(command)?.(command.opts(), command.args, this.#globals()) ?? []);
    this.#begun = true;
  }

  /** Wraps a command's function as the parser's callback. */
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

/** Returns the directory after `-C`. `..` is the parent of the real folder, not of a link to it. */
function entered(directory: string): string {
  try {
    return realpathSync(directory);
  } catch {
    return directory;
  }
}
