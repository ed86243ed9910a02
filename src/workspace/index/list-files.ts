import fs from 'node:fs';
import { join } from 'node:path';
import { TimeSlice } from '../../util/time-slice.ts';
import { unlessGone } from './hash-path.ts';
import type { FileSelection } from './tree-index.ts';

/**
 * Returns the paths of the wanted files and links of a folder, relative to it, with `/` and sorted. Reads no file. Throws errors of
 * the system, and the signal's reason.
 * @param folder absolute
 */
export async function listFiles(
  folder: string,
  { matches, mayMatchBelow }: FileSelection,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found: string[] = [];
  const turns = new TimeSlice();
  const waiting = [''];
  for (let parent = waiting.pop(); parent !== undefined; parent = waiting.pop()) {
    const onDisk = join(folder, parent);
    for (const entry of unlessGone(() => fs.readdirSync(onDisk, { withFileTypes: true })) ?? []) {
      const path = parent === '' ? entry.name : `${parent}/${entry.name}`;
      if (entry.isDirectory()) {
        if (mayMatchBelow(path)) waiting.push(path);
      } else if ((entry.isFile() || entry.isSymbolicLink()) && matches(path)) found.push(path);
    }
    if (turns.over) await turns.next(signal);
  }
  return found.sort();
}
