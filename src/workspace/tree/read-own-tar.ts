/** Reads a tar that Slipway wrote, with another owner in its headers. */
import fs from 'node:fs';
import type { FileOwner } from '../../model/tree.ts';
import { rewriteTar, withOwner } from '../../tar/tar-rewrite.ts';
import { patchOwner } from './patch-owner.ts';

const readBytes = 256 * 1024;

/**
 * @param from the offset of the tar in the file
 * @param plain whether no entry needs a pax header for its size, so that headers can be patched in place
 */
export async function* readOwnTar(
  file: string,
  from: number,
  plain: boolean,
  owner: FileOwner | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = readChunks(file, from, signal);
  if (owner === undefined || (owner.uid === 0 && owner.gid === 0)) yield* source;
  else if (plain && owner.uid < 8 ** 7 && owner.gid < 8 ** 7) yield* patchOwner(source, owner);
  else yield* rewriteTar(source, withOwner(owner));
}

async function* readChunks(file: string, from: number, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  const handle = await fs.promises.open(file);
  try {
    for (let position = from; ;) {
      signal.throwIfAborted();
      // A new buffer for each chunk, because the consumer may keep it.
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(readBytes), 0, readBytes, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
