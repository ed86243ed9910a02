import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import type { Invocation } from './invocation.ts';
import { UsageError } from './usage-error.ts';

/**
 * Parses `--root`: a folder that contains the configuration, after resolving links. Slipway would copy any other folder
 * instead of the tree of the configuration.
 * @param pipeline absolute
 * @returns an absolute path
 */
export async function parseRoot(invocation: Invocation, written: string, pipeline: string): Promise<string> {
  const root = invocation.path(written);
  if (!holds(await real(root), await real(pipeline))) {
    throw new UsageError(`--root ${written} does not contain ${pipeline}`, [
      'pass the configuration’s folder or one of its parents',
    ]);
  }
  return root;
}

function holds(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`);
}

/** Returns the real path. A missing path is reported later, by the code that reads it. */
async function real(path: string): Promise<string> {
  return await realpath(path).catch(() => path);
}
