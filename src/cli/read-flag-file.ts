import { isSystemError, reasonOf } from '../util/file-error.ts';
import { readRegularFile } from '../util/read-regular-file.ts';
import { quoted } from '../util/visible.ts';
import { UsageError } from './usage-error.ts';

export interface FlagFileOptions {
  /** Also reads a pipe: `--flag <(command)`. */
  readonly orPipe?: boolean;
  /** What to do if it cannot be read. */
  readonly hints?: readonly string[];
}

/** Returns the text of a file that a flag names. Throws `UsageError` if it cannot be read. */
export async function readFlagFile(
  path: string,
  flag: string,
  { orPipe = false, hints = [] }: FlagFileOptions = {},
): Promise<string> {
  try {
    return (await readRegularFile(path, { orPipe })).toString();
  } catch (error) {
    const reason = isSystemError(error) ? reasonOf(error) : (error as Error).message;
    throw new UsageError(`${flag}: cannot read ${quoted(path)}: ${reason}`, hints);
  }
}
