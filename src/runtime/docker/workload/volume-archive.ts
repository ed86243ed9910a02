import type { FileOwner, TarSource } from '../../../model/tree.ts';
import { TarEncoder } from '../../../tar/tar-encoder.ts';
import type { TarHeader } from '../../../tar/tar-header.ts';
import { encodeEdited, withPrefix } from '../../../tar/tar-rewrite.ts';

/** Trees to be put at a place. */
export interface PlacedTree {
  /** Absolute; `/` for entries that stay as they are named. */
  readonly path: string;
  readonly content: readonly TarSource[];
}

/**
 * One tar for all of them, to be unpacked at the root: an engine takes tens of milliseconds for each. Every place gets
 * a folder that belongs to the owner, also where nothing is in it.
 * @param missing folders that have to be made on the way, which belong to root
 */
export async function* archiveOf(
  trees: readonly PlacedTree[],
  missing: readonly string[],
  owner: FileOwner,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const out = new TarEncoder();
  for (const path of missing) out.entry(folderEntry(path, { uid: 0, gid: 0 }));
  for (const { path, content } of trees) {
    const inside = path.replace(/^\/+|\/+$/g, '');
    if (inside === '') out.entry(folderEntry('.', owner));
    else out.entry(folderEntry(inside, owner));
    for (const source of content)
      yield* encodeEdited(source.open(owner, signal), out, inside === '' ? (header) => header : withPrefix(inside));
    yield* out.take();
  }
  out.finish();
  yield* out.take();
}

function folderEntry(path: string, owner: FileOwner): TarHeader {
  return { name: Buffer.from(path.replace(/^\/+/, '')), type: 'directory', mode: 0o755, ...owner, size: 0, mtimeMs: 0 };
}
