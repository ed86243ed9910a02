/** A tar that this program has written, read from the disk with another owner in its headers. */
import fs from 'node:fs';
import type { FileOwner } from '../model/tree.ts';
import { rewriteTar, withOwner } from '../util/tar/tar-rewrite.ts';
import { patchOwner } from './patch-owner.ts';

const readBytes = 256 * 1024;

/**
 * @param file a path, or an open file that stays open and is read from its start
 * @param plain no entry needs a pax header for its size, so headers can be patched where they are
 */
export async function* readOwnTar(file: string | fs.promises.FileHandle, plain: boolean, owner: FileOwner | undefined, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  const source = readChunks(file, signal);
  if (owner === undefined || (owner.uid === 0 && owner.gid === 0)) yield* source;
  else if (plain && owner.uid < 8 ** 7 && owner.gid < 8 ** 7) yield* patchOwner(source, owner);
  else yield* rewriteTar(source, withOwner(owner));
}

async function* readChunks(file: string | fs.promises.FileHandle, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  const handle = typeof file === 'string' ? await fs.promises.open(file) : file;
  try {
    for (let position = 0; ; ) {
      signal.throwIfAborted();
      // Memory of its own: whoever gets a chunk may keep it.
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(readBytes), 0, readBytes, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    if (typeof file === 'string') await handle.close();
  }
}
