import { parseEnv } from 'node:util';
import { isSystemError, reasonOf } from '../util/file-error.ts';
import { readRegularFile } from '../util/read-regular-file.ts';
import { quoted } from '../util/visible.ts';
import { UsageError } from './usage-error.ts';

/**
 * Reads a file of `NAME=VALUE` lines.
 * @param flag the flag that names it, for messages
 */
export async function readVariables(path: string, flag: string): Promise<Readonly<Record<string, string>>> {
  try {
    return parseEnv((await readRegularFile(path)).toString()) as Readonly<Record<string, string>>;
  } catch (error) {
    const reason = isSystemError(error) ? reasonOf(error) : (error as Error).message;
    throw new UsageError(`${flag}: cannot read ${quoted(path)}: ${reason}`);
  }
}
