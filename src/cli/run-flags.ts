/** Values of flags that need more than being there: each either means something or is a mistake on the command line. */
import { InvalidArgumentError } from 'commander';
import { clusterNameIn, meansCluster } from '../model/cluster-word.ts';
import { readRegularFile } from '../util/read-regular-file.ts';
import { parseDuration, parseSize } from '../words/quantity.ts';
import type { GivenInput } from '../model/given-input.ts';
import { UsageError } from './usage-error.ts';

/** Where steps can run; `fake` does nothing and is for trying things out. */
export const runtimeNames: readonly string[] = ['docker', 'kubernetes', 'host', 'fake'];

/** Those that people choose from, for messages. */
export const runtimeList = runtimeNames.filter((name) => name !== 'fake').join(', ');

/** For flags that may be given again and again. */
export function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** `docker,host`: known names, in order of preference. */
export function parseRuntimes(text: string, source: string): string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0)
    throw new UsageError(`${source} names no runtime`, [
      `it is one of ${runtimeList}, or several with commas, the first that answers is taken`,
    ]);
  for (const name of names) {
    if (clusterNameIn(name) === '')
      throw new UsageError(`${source} names no cluster after \`${name}\``, [
        "it is a name of `clusters` in the operator's file: kubernetes:NAME",
      ]);
    if (runtimeNames.includes(name) || meansCluster(name)) continue;
    throw new UsageError(`${source} does not know \`${name}\``, [`it is one of ${runtimeList}`]);
  }
  return [...new Set(names)];
}

/** A whole number from 1 on. */
export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It is a whole number from 1 on.');
  return Number(text);
}

/** A whole number from 0 on. */
export function parseNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It is a whole number from 0 on.');
  return Number(text);
}

export function parseAge(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('It is a duration such as 30d, 12h or 90m.');
  return ms;
}

export function parseBytes(text: string): number {
  const bytes = parseSize(text);
  if (bytes === undefined) throw new InvalidArgumentError('It is a size such as 10GB, 512MiB or 1000000.');
  return bytes;
}

/**
 * `name=value`; `name=@file` is what the file holds, without the line end at its end; `name=@@x` is `@x`.
 * @param absolute makes a path of the user's absolute
 */
export async function parseInputs(
  written: readonly string[],
  absolute: (path: string) => string,
): Promise<GivenInput[]> {
  return await Promise.all(written.map(async (text) => await parseInput(text, absolute)));
}

async function parseInput(text: string, absolute: (path: string) => string): Promise<GivenInput> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new UsageError(`--input ${text}: it is written name=value or name=@file`);
  const name = text.slice(0, equals);
  const value = text.slice(equals + 1);
  if (!value.startsWith('@')) return { name, value, from: 'argument' };
  if (value.startsWith('@@')) return { name, value: value.slice(1), from: 'argument' };
  try {
    // `@<(command)` is a pipe.
    const content = await readRegularFile(absolute(value.slice(1)), { orPipe: true });
    return { name, value: content.toString().replace(/\r?\n$/, ''), from: 'file' };
  } catch (error) {
    throw new UsageError(`--input ${name}: ${(error as Error).message}`, ['for a value that begins with @ write @@']);
  }
}
