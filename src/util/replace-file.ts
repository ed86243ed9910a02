import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Replaces the text of an existing file in one step. After an error or a crash, the file has its old text or the new one.
 * Follows links. Keeps the mode, and the owner if the user may set it. Throws the system's error.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const file = await fs.realpath(path);
  const { mode, uid, gid } = await fs.stat(file);
  // `rename` needs no permission to write the file itself.
  await fs.access(file, fs.constants.W_OK);
  const temporary = join(dirname(file), `.${basename(file)}.${randomUUID()}`);
  try {
    const handle = await fs.open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await keepOwner(handle, uid, gid);
      await handle.chmod(mode & 0o7777);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await fs.rename(temporary, file);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
}

async function keepOwner(handle: fs.FileHandle, uid: number, gid: number): Promise<void> {
  const own = await handle.stat();
  if (own.uid === uid && own.gid === gid) return;
  try {
    await handle.chown(uid, gid);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) throw error;
  }
}
