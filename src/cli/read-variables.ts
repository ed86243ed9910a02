import { parseEnv } from 'node:util';
import { readFlagFile } from './read-flag-file.ts';

/**
 * Reads a file of `NAME=VALUE` lines. Throws `UsageError` if it cannot be read.
 * @param flag the flag that names it, for messages
 */
export async function readVariables(path: string, flag: string): Promise<Readonly<Record<string, string>>> {
  return parseEnv(await readFlagFile(path, flag)) as Readonly<Record<string, string>>;
}
