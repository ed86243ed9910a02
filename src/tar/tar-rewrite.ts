import { TarEncoder } from './tar-encoder.ts';
import type { TarHeader } from './tar-header.ts';
import { parseTar } from './tar-parser.ts';

/** Returns the new header of an entry (same type and size), or `undefined` to remove the entry. */
export type TarEdit = (header: TarHeader) => TarHeader | undefined;

/** Rewrites the headers of a streamed tar. Bodies are passed through. */
export async function* rewriteTar(
  source: AsyncIterable<Uint8Array>,
  edit: TarEdit,
): AsyncGenerator<Uint8Array, void, undefined> {
  const out = new TarEncoder();
  yield* encodeEdited(source, out, edit);
  out.finish();
  yield* out.take();
}

/** Encodes a tar's entries without the archive's end. */
export async function* encodeEdited(
  source: AsyncIterable<Uint8Array>,
  out: TarEncoder,
  edit: TarEdit,
): AsyncGenerator<Uint8Array, void, undefined> {
  let kept = false;
  for await (const pieces of parseTar(source)) {
    for (const piece of pieces) {
      if (piece.kind === 'data') {
        if (kept) out.data(piece.bytes);
        continue;
      }
      const header = edit(piece.header);
      kept = header !== undefined;
      if (header !== undefined) out.entry(header);
    }
    yield* out.take();
  }
}

/** Sets the owner of every entry. */
export function withOwner(owner: { readonly uid: number; readonly gid: number }): TarEdit {
  return (header) => ({ ...header, uid: owner.uid, gid: owner.gid });
}

/** Moves every entry below a folder. Adds no entry for the folder. */
export function withPrefix(folder: Uint8Array | string): TarEdit {
  const prefix = Buffer.concat([Buffer.from(folder), Buffer.from('/')]);
  return (header) => ({
    ...header,
    name: Buffer.concat([prefix, header.name]),
    // A hard link's target is a name in the archive. A symlink's target stays.
    ...(header.type === 'hardlink' && header.linkName !== undefined
      ? { linkName: Buffer.concat([prefix, header.linkName]) }
      : {}),
  });
}
