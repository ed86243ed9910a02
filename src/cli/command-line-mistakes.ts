/** Finds every mistake of a command line. The parser stops at the first one, and words it for programmers. */
import { InvalidArgumentError, type Argument, type Command, type Option } from 'commander';
import { didYouMean } from '../diagnostics/code-entry.ts';
import { quoted } from '../util/visible.ts';
import { flagAsValue } from './flags-as-values.ts';
import type { CommandTree, GlobalFlags, Invocation } from './invocation.ts';
import { optionsAt, readCommandLine, takesValue, type ReadCommandLine } from './read-command-line.ts';
import { UsageError, UsageErrors } from './usage-error.ts';

/**
 * @param words after `slipway`
 * @returns none if only the parser knows what is wrong
 */
export async function commandLineMistakes(
  invocation: Pick<Invocation, 'commandTree' | 'checkOf'>,
  words: readonly string[],
): Promise<readonly UsageError[]> {
  const tree = invocation.commandTree();
  const read = await readCommandLine(tree, words);
  const command = read.path.at(-1) ?? tree.root;
  const flags = readFlags(tree, read);
  const found = [...unknownWords(tree, read, command), ...flags.mistakes];
  if (command.commands.length === 0) {
    found.push(...operandMistakes(command, read));
    found.push(...(invocation.checkOf(command)?.(flags.values, read.operands, flags.globals) ?? []));
  }
  return found;
}

/** Returns the line that says where a command's arguments and flags are listed. */
export async function helpHint({ commandTree }: Pick<Invocation, 'commandTree'>, words: readonly string[]) {
  const { path } = await readCommandLine(commandTree(), words);
  const last = path.at(-1);
  const what = last === undefined || last.commands.length > 0 ? 'the commands' : 'its flags';
  return `to list ${what}: ${['slipway', ...path.map((command) => command.name())].join(' ')} --help`;
}

function unknownWords(tree: CommandTree, read: ReadCommandLine, command: Command): readonly UsageError[] {
  const options = optionsAt(tree, read.path).filter(({ hidden }) => !hidden);
  const names = options.flatMap(({ short, long }) => [short, long]).filter((name) => name !== undefined);
  const flags = read.unknownFlags.map((word) => {
    const flag = word.replace(/=.*$/s, '');
    if (flag !== word && names.includes(flag)) return new UsageError(`${flag} takes no value`);
    if (names.includes(flag)) {
      const path = read.path.map((one) => one.name()).join(' ');
      return new UsageError(`${flag} is a flag of the command, so write it after the command: slipway ${path} ${flag}`);
    }
    return new UsageError(`unknown flag ${quoted(flag)}${didYouMean(flag, names) || otherCase(flag, options)}`);
  });
  const subcommands = command.commands.map((one) => one.name()).filter((name) => !name.startsWith('__'));
  if (read.unknownCommand !== undefined) {
    // The word may be the value of an unknown flag: `slipway --stage build run`.
    if (read.path.length === 0 && flags.length > 0)
      return flags.map(({ message }) => new UsageError(`${message}; write the flags of a command after it`));
    const path = [...read.path.map((one) => one.name()), read.unknownCommand].join(' ');
    return [
      new UsageError(`unknown command ${quoted(path)}${didYouMean(read.unknownCommand, subcommands)}`),
      // Without the command, its flags are unknown too.
      ...(read.path.length === 0 ? [] : flags),
    ];
  }
  if (subcommands.length === 0 || command === tree.root) return flags;
  return [new UsageError(`${command.name()} requires a command: ${alternatives(subcommands)}`), ...flags];
}

/** Formats `list, prune or explain`. */
function alternatives(names: readonly string[]): string {
  return names.join(', ').replace(/, ([^,]*)$/, ' or $1');
}

/** Suggests the short flag in the other case: `-V` for `-v`. */
function otherCase(flag: string, options: readonly Option[]): string {
  const meant = options.find(({ short }) => short !== flag && short?.toLowerCase() === flag.toLowerCase());
  return meant?.short === undefined ? '' : `, did you mean ${quoted(meant.short)}?`;
}

interface ReadFlags {
  readonly mistakes: readonly UsageError[];
  /** By the name that commands use. Flags with mistakes are missing. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly globals: Pick<GlobalFlags, 'output'>;
}

function readFlags(tree: CommandTree, { path, flags }: ReadCommandLine): ReadFlags {
  const mistakes: UsageError[] = [];
  const values: Record<string, unknown> = {};
  const options = optionsAt(tree, path);
  for (const option of options)
    if (option.defaultValue !== undefined) values[option.attributeName()] = option.defaultValue as unknown;
  for (const written of flags) {
    const { option, flag, value } = written;
    const name = option.attributeName();
    const isFlag = flagAsValue(written, options);
    if (!takesValue(option)) values[name] = !option.negate;
    else if (isFlag) mistakes.push(isFlag);
    else if (value === undefined) mistakes.push(new UsageError(`${option.long ?? flag} requires a value`));
    else {
      const parsed = parsedBy(option, option.long ?? flag, value, values[name]);
      if (parsed instanceof UsageErrors) mistakes.push(...parsed.mistakes);
      else values[name] = parsed;
    }
  }
  return { mistakes, values, globals: { output: values['output'] === 'json' ? 'json' : 'text' } };
}

function operandMistakes(command: Command, { operands, unknownFlags }: ReadCommandLine): readonly UsageError[] {
  const found: UsageError[] = [];
  const expected = command.registeredArguments;
  for (const [i, argument] of expected.entries()) {
    const given = argument.variadic ? operands.slice(i) : operands.slice(i, i + 1);
    if (given.length === 0 && argument.required)
      found.push(new UsageError(`${nameOf(argument)} is missing: ${argument.description}`));
    for (const operand of given) {
      const parsed = parsedBy(argument, nameOf(argument), operand, undefined);
      if (parsed instanceof UsageErrors) found.push(...parsed.mistakes);
    }
  }
  // The operand may be the value of an unknown flag.
  if (unknownFlags.length > 0 || expected.at(-1)?.variadic === true) return found;
  return [
    ...found,
    ...operands.slice(expected.length).map((operand) => new UsageError(`unexpected argument ${quoted(operand)}`)),
  ];
}

function nameOf(argument: Argument): string {
  return argument.name().toUpperCase();
}

/** @param before the value of the same flag before this one */
function parsedBy(
  { parseArg, argChoices }: Pick<Option, 'parseArg' | 'argChoices'>,
  name: string,
  value: string,
  before: unknown,
): unknown {
  try {
    return parseArg === undefined ? value : parseArg(value, before);
  } catch (error) {
    if (error instanceof UsageErrors) return error;
    if (error instanceof UsageError) return new UsageErrors([error]);
    if (!(error instanceof InvalidArgumentError)) throw error;
    const reason = argChoices === undefined ? reasonOf(error) : notAmong(argChoices, value);
    return new UsageErrors([new UsageError(value === '' ? `${name} is empty` : `${name} ${value}: ${reason}`)]);
  }
}

function notAmong(choices: readonly string[], value: string): string {
  const meant = didYouMean(value, choices);
  return `unknown value${meant === '' ? '.' : meant} Allowed choices are ${choices.join(', ')}`;
}

/** Returns the reason of a wrong value as a clause: `it must be …`. */
export function reasonOf({ message }: Error): string {
  return message.replace(/^It /, 'it ').replace(/\.$/, '');
}
