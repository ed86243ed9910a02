import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from './make-folder.ts';

/**
 * Writes a file that can be computed again, in one step: readers see the old content or the new one, also after a crash. If it
 * cannot be written, the old content stays, and nothing is reported.
 */
export function writeCacheFile(path: string, content: string | Uint8Array): void {
  const temporary = join(dirname(path), `.${basename(path)}-${randomUUID()}`);
  try {
    makeFolder(dirname(path));
    fs.writeFileSync(temporary, content, { flag: 'wx' });
    fs.renameSync(temporary, path);
  } catch {
    try {
      fs.rmSync(temporary, { force: true });
    } catch {
      // Its folder is a file, or belongs to another user.
    }
  }
}
