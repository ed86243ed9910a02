import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Creates a file with its whole text, or not at all. Throws the system's error, `EEXIST` if the path exists: also for a broken
 * link.
 */
export async function createFile(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    const handle = await fs.open(temporary, 'wx');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await linkOrCopy(temporary, path, text);
  } finally {
    await fs.rm(temporary, { force: true });
  }
}

/** Unlike `rename`, a link replaces nothing. Some file systems have no links. */
async function linkOrCopy(temporary: string, path: string, text: string): Promise<void> {
  try {
    await fs.link(temporary, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code ?? '')) throw error;
    await fs.writeFile(path, text, { flag: 'wx' });
  }
}
