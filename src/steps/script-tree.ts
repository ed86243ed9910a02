import { Buffer } from 'node:buffer';
import type { TarSource } from '../model/tree.ts';
import { writeTar } from '../util/tar/tar-writer.ts';

/** A tree of one executable file. */
export function scriptTree(file: { readonly name: string; readonly text: string }): TarSource {
  const body = Buffer.from(file.text);
  return {
    open: (owner) =>
      writeTar([
        {
          header: { name: Buffer.from(file.name), type: 'file', mode: 0o755, uid: owner?.uid ?? 0, gid: owner?.gid ?? 0, size: body.length, mtimeMs: 0 },
          // A copy: the tar owns what it is given, and a tree can be opened any number of times.
          body: Buffer.from(body),
        },
      ]),
  };
}
