import { TarEncoder } from './tar-encoder.ts';
import type { TarHeader } from './tar-header.ts';
import { parseTar } from './tar-parser.ts';

/** What becomes of an entry: another header (type and size must stay), or `undefined` to leave it out. */
export type TarEdit = (header: TarHeader) => TarHeader | undefined;

/** The same tar with other headers, while it streams; bodies are not looked at. */
export async function* rewriteTar(
  source: AsyncIterable<Uint8Array>,
  edit: TarEdit,
): AsyncGenerator<Uint8Array, void, undefined> {
  const out = new TarEncoder();
  yield* encodeEdited(source, out, edit);
  out.finish();
  yield* out.take();
}

/** Encodes a tar's entries without its end. */
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

/** Everything belongs to these numbers. */
export function withOwner(owner: { readonly uid: number; readonly gid: number }): TarEdit {
  return (header) => ({ ...header, uid: owner.uid, gid: owner.gid });
}

/** Everything lies below this folder, which gets no entry of its own. */
export function withPrefix(folder: Uint8Array | string): TarEdit {
  const prefix = Buffer.concat([Buffer.from(folder), Buffer.from('/')]);
  return (header) => ({
    ...header,
    name: Buffer.concat([prefix, header.name]),
    // A hard link's name is one of the archive; a symlink's is whatever it is.
    ...(header.type === 'hardlink' && header.linkName !== undefined
      ? { linkName: Buffer.concat([prefix, header.linkName]) }
      : {}),
  });
}
