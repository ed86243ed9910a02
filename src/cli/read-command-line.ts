/** Reads a command line by the definitions of the commands. Runs nothing, and goes on after a mistake. */
import type { Command, Option } from 'commander';
import type { CommandTree } from './invocation.ts';

/** A flag on the command line. */
export interface WrittenFlag {
  readonly option: Option;
  /** As it is written: `--stage`, `-s`. */
  readonly flag: string;
  /** Absent for a flag without a value, and if the value is missing. */
  readonly value?: string;
  /** The value is a word of its own. */
  readonly apart?: true;
}

export interface ReadCommandLine {
  /** The commands and subcommands, outermost first, without the program itself. */
  readonly path: readonly Command[];
  readonly operands: readonly string[];
  readonly flags: readonly WrittenFlag[];
  readonly unknownFlags: readonly string[];
  /** The word in the place of a command. Everything after it is ignored. */
  readonly unknownCommand?: string;
  /** The last word is a flag whose value is missing. */
  readonly awaiting?: Option;
}

/** @param words after `slipway` */
export async function readCommandLine(tree: CommandTree, words: readonly string[]): Promise<ReadCommandLine> {
  const reading = new Reading(tree);
  for (const word of words) {
    await reading.read(word);
    if (reading.unknownCommand !== undefined) break;
  }
  return reading.end();
}

class Reading {
  unknownCommand: string | undefined;
  readonly #path: Command[] = [];
  readonly #operands: string[] = [];
  readonly #flags: WrittenFlag[] = [];
  readonly #unknownFlags: string[] = [];
  #awaiting: { readonly option: Option; readonly flag: string } | undefined;
  /** After `--`, all words are operands. */
  #isOperand = false;
  readonly #tree: CommandTree;

  constructor(tree: CommandTree) {
    this.#tree = tree;
  }

  async read(word: string): Promise<void> {
    if (this.#awaiting !== undefined) {
      this.#flags.push({ ...this.#awaiting, value: word, apart: true });
      this.#awaiting = undefined;
    } else if (this.#isOperand) this.#operands.push(word);
    else if (word === '--') this.#isOperand = true;
    else if (isFlag(word)) this.#flag(word);
    else await this.#word(word);
  }

  end(): ReadCommandLine {
    if (this.#awaiting !== undefined) this.#flags.push(this.#awaiting);
    return {
      path: this.#path,
      operands: this.#operands,
      flags: this.#flags,
      unknownFlags: this.#unknownFlags,
      ...(this.unknownCommand !== undefined && { unknownCommand: this.unknownCommand }),
      ...(this.#awaiting && { awaiting: this.#awaiting.option }),
    };
  }

  async #word(word: string): Promise<void> {
    const { commands } = this.#path.at(-1) ?? this.#tree.root;
    if (commands.length === 0) return void this.#operands.push(word);
    const command = commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (command === undefined) return void (this.unknownCommand = word);
    await this.#tree.define(command);
    this.#path.push(command);
  }

  #flag(word: string): void {
    if (word === '-h' || word === '--help') return;
    const options = optionsAt(this.#tree, this.#path);
    const attached = attachedValue(word, options);
    const option = options.find((one) => one.short === word || one.long === word);
    if (attached !== undefined) this.#flags.push(attached);
    else if (option === undefined) this.#shortFlags(word, options);
    // A value that may be absent is in the same word.
    else if (option.required) this.#awaiting = { option, flag: word };
    else this.#flags.push({ option, flag: word });
  }

  /** Reads several short flags in one word: `-qv`. */
  #shortFlags(word: string, options: readonly Option[]): void {
    const flag = word.slice(0, 2);
    const option = options.find((one) => one.short === flag);
    // `-n=x` where `-n` takes no value.
    const isWord = option === undefined || word.startsWith('--') || word[2] === '=';
    if (isWord) return void this.#unknownFlags.push(word);
    this.#flags.push({ option, flag });
    this.#flag(`-${word.slice(2)}`);
  }
}

/** Returns the flags that a command accepts, with those of the commands around it. */
export function optionsAt({ root }: CommandTree, path: readonly Command[]): readonly Option[] {
  return [...path.toReversed(), root].flatMap((command) => command.options);
}

/** Returns a flag that has its value in the same word. */
export function attachedValue(
  word: string,
  options: readonly Option[],
): (WrittenFlag & { readonly value: string; readonly before: string }) | undefined {
  const before = /^--[^=]+=/.exec(word)?.[0] ?? (/^-[^-]./s.test(word) ? word.slice(0, 2) : undefined);
  if (before === undefined) return undefined;
  const flag = before.replace(/=$/, '');
  const option = options.find((one) => takesValue(one) && (one.short === flag || one.long === flag));
  return option && { option, flag, before, value: word.slice(before.length) };
}

export function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

/** A single `-` means stdin. A negative number is a value. */
function isFlag(word: string): boolean {
  return word.length > 1 && word.startsWith('-') && !/^-(?:\d+|\d*\.\d+)(?:e[+-]?\d+)?$/.test(word);
}
