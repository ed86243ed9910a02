import fs from 'node:fs';
import { join } from 'node:path';
import { TimeSlice } from '../../util/time-slice.ts';
import type { IgnoreRules } from '../dockerfile/dockerignore.ts';

/**
 * Returns the symbolic links of a build context with their targets, by their path in it. A `COPY` follows a source that is a link,
 * so what the link leads to changes the image.
 * @param folder absolute
 */
export async function contextLinks(
  folder: string,
  rules: IgnoreRules,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const links = new Map<string, string>();
  const turns = new TimeSlice();
  const waiting = [''];
  for (let parent = waiting.pop(); parent !== undefined; parent = waiting.pop()) {
    for (const entry of unlessGone(() => fs.readdirSync(join(folder, parent), { withFileTypes: true })) ?? []) {
      const path = parent === '' ? entry.name : `${parent}/${entry.name}`;
      if (entry.isDirectory() && rules.mayKeepBelow(path)) waiting.push(path);
      if (!entry.isSymbolicLink() || rules.ignores(path)) continue;
      const target = unlessGone(() => fs.readlinkSync(join(folder, path)));
      if (target !== undefined) links.set(path, target);
    }
    if (turns.over) await turns.next(signal);
  }
  return links;
}

/** Files may be removed while they are listed. */
function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
