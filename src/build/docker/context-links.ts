import fs from 'node:fs';
import { join } from 'node:path';
import { TimeSlice } from '../../util/time-slice.ts';
import { linkedPath } from '../dockerfile/source-pattern.ts';
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

/**
 * Returns the symbolic links on the way to some paths, and those on the way to what these lead to.
 * @param folder absolute
 * @param paths relative to the folder
 */
export function linksTo(folder: string, paths: readonly string[]): ReadonlyMap<string, string> {
  const links = new Map<string, string>();
  // The set grows while it is read. It holds each path once, so links that lead in a circle end.
  const waiting = new Set(paths);
  for (const path of waiting) {
    const parts = path.split('/');
    for (let end = 1; end <= parts.length; end++) {
      const start = parts.slice(0, end).join('/');
      const target = unlessGone(() => fs.readlinkSync(join(folder, start)));
      if (target === undefined) continue;
      links.set(start, target);
      if (waiting.size < mostPaths) waiting.add(linkedPath(start, target, parts.slice(end).join('/')));
      break;
    }
  }
  return links;
}

/** Links in a circle can make longer and longer paths. */
const mostPaths = 10_000;

/** Files may be removed while they are listed. */
function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
