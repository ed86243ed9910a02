/** Parsers for values of flags. Each returns a value or throws a usage error. */
import { InvalidArgumentError } from 'commander';
import { clusterNameIn, meansCluster } from '../model/cluster-word.ts';
import { isSystemError, reasonOf } from '../util/file-error.ts';
import { quoted } from '../util/visible.ts';
import { readRegularFile } from '../util/read-regular-file.ts';
import { parseDuration, parseSize } from '../words/quantity.ts';
import type { GivenInput } from '../model/given-input.ts';
import { allChecked, UsageError } from './usage-error.ts';

/** Where steps can run. `fake` runs nothing, and is for experiments and tests. */
export const runtimeNames: readonly string[] = ['docker', 'kubernetes', 'host', 'fake'];

/** The runtimes that completion offers. */
export const listedRuntimes: readonly string[] = runtimeNames.filter((name) => name !== 'fake');

/** The same for messages. */
export const runtimeList = listedRuntimes.join(', ');

/** Collects the values of a repeatable flag. */
export function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** Parses `docker,host`: known names in order of preference. */
export function parseRuntimes(text: string, source: string): string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0)
    throw new UsageError(`${source} is empty`, [
      `pass one of ${runtimeList}, or several with commas: the first that responds is used`,
    ]);
  for (const name of names) {
    if (clusterNameIn(name) === '')
      throw new UsageError(`${source} has no cluster name after \`${name}\``, [
        "pass a name in `clusters` of the operator's file: kubernetes:NAME",
      ]);
    if (runtimeNames.includes(name) || meansCluster(name)) continue;
    throw new UsageError(`${source}: unknown runtime \`${name}\``, [`pass one of ${runtimeList}`]);
  }
  return [...new Set(names)];
}

/** Returns the parser of `--on`. */
export function parseOn(text: string): string[] {
  return parseRuntimes(text, '--on');
}

/** Parses a path. An empty path is a mistake: `--to "$DIR"` with an unset variable. */
export function parsePath(text: string): string {
  if (text === '') throw new UsageError('a path is empty', ['to name the current folder: .']);
  return text;
}

/** Returns a parser that rejects an empty value. */
export function notEmpty(name: string): (text: string) => string {
  return (text) => {
    if (text === '') throw new UsageError(`${name} is empty`);
    return text;
  };
}

/** Collects the values of `--input`. `parseInputs` reads their files. */
export function collectInputs(text: string, before: readonly string[] | undefined): string[] {
  if (text.indexOf('=') < 1) throw new UsageError(`--input ${text}: must be name=value or name=@file`);
  return collect(text, before);
}

/** Parses an integer from 1. */
export function parseCount(text: string): number {
  if (!isCount(text)) throw new InvalidArgumentError('It must be an integer of at least 1.');
  return Number(text);
}

/** Reports whether a text is an integer from 1. */
function isCount(text: string): boolean {
  return /^[1-9]\d{0,8}$/.test(text);
}

/** Parses an integer from 0. */
export function parseNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be an integer of at least 0.');
  return Number(text);
}

export function parseAge(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('It must be a duration such as 30d, 12h or 90m.');
  return ms;
}

export function parseBytes(text: string): number {
  const bytes = parseSize(text);
  if (bytes === undefined) throw new InvalidArgumentError('It must be a size such as 10GB, 512MiB or 1000000.');
  return bytes;
}

/**
 * Parses `name=value`. `name=@file` reads the value from a file, without the newline at its end. `name=@@x` is the
 * value `@x`.
 * @param absolute makes a path absolute
 */
export async function parseInputs(
  written: readonly string[],
  absolute: (path: string) => string,
): Promise<GivenInput[]> {
  return await allChecked(written.map(async (text) => await parseInput(text, absolute)));
}

async function parseInput(text: string, absolute: (path: string) => string): Promise<GivenInput> {
  const equals = text.indexOf('=');
  const name = text.slice(0, equals);
  const value = text.slice(equals + 1);
  if (!value.startsWith('@')) return { name, value, from: 'argument' };
  if (value.startsWith('@@')) return { name, value: value.slice(1), from: 'argument' };
  try {
    // `@<(command)` is a pipe.
    const content = await readRegularFile(absolute(value.slice(1)), { orPipe: true });
    return { name, value: content.toString().replace(/\r?\n$/, ''), from: 'file' };
  } catch (error) {
    const reason = isSystemError(error)
      ? `cannot read ${quoted(value.slice(1))}: ${reasonOf(error)}`
      : (error as Error).message;
    throw new UsageError(`--input ${name}: ${reason}`, ['to start a value with @, write @@']);
  }
}
