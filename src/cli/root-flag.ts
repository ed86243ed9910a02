import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import type { Invocation } from './invocation.ts';
import { UsageError } from './usage-error.ts';

/**
 * `--root`: a folder that the configuration is in, whatever links lead to either. Any other would be copied for the
 * steps in place of the tree that the configuration is about.
 * @param pipeline absolute
 * @returns absolute
 */
export async function parseRoot(invocation: Invocation, written: string, pipeline: string): Promise<string> {
  const root = invocation.path(written);
  if (!holds(await real(root), await real(pipeline))) {
    throw new UsageError(`--root ${written}: ${pipeline} is not in it`, [
      'it names a folder above the one of the configuration',
    ]);
  }
  return root;
}

function holds(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`);
}

/** What is not there is told later, by those who would read it. */
async function real(path: string): Promise<string> {
  return await realpath(path).catch(() => path);
}
