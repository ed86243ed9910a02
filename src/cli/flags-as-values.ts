/** Finds flags in the place of a value: in `-n --dry-run`, `--dry-run` is no namespace. */
import type { Option } from 'commander';
import { quoted } from '../util/visible.ts';
import type { CommandTree } from './invocation.ts';
import { optionsAt, readCommandLine, type WrittenFlag } from './read-command-line.ts';
import { UsageError } from './usage-error.ts';

/**
 * @param root the commands, of which that of the command line is defined
 * @param words after `slipway`
 */
export async function flagsAsValues(
  root: CommandTree['root'],
  words: readonly string[],
): Promise<readonly UsageError[]> {
  const tree = { root, define: async () => await Promise.resolve() };
  const { path, flags } = await readCommandLine(tree, words);
  const options = optionsAt(tree, path);
  return flags.flatMap((flag) => flagAsValue(flag, options) ?? []);
}

/**
 * Returns the mistake if the value is a flag of the command, or looks like a long one. A value that begins with a minus can still be
 * given: in the word of its flag.
 */
export function flagAsValue(
  { option, flag, value, apart }: WrittenFlag,
  options: readonly Option[],
): UsageError | undefined {
  if (apart !== true || value === undefined) return undefined;
  const isShort = /^-[^-]$/.test(value) && options.some(({ short }) => short === value);
  // `-p -NAME` switches a profile off, as in Skaffold.
  const isFlag = value.startsWith('--') ? value !== '--' : isShort && option.long !== '--profile';
  if (!isFlag) return undefined;
  const name = option.long ?? flag;
  return new UsageError(`${name} requires a value, but ${quoted(value)} is a flag`, [
    `if it is the value: ${name}=${value}`,
  ]);
}
