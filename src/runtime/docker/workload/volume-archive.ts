import type { FileOwner, TarSource } from '../../../model/tree.ts';
import { TarEncoder } from '../../../tar/tar-encoder.ts';
import type { TarHeader } from '../../../tar/tar-header.ts';
import { encodeEdited, withPrefix } from '../../../tar/tar-rewrite.ts';

/** Trees to place at a path. */
export interface PlacedTree {
  /** Absolute. `/` keeps the names of the entries. */
  readonly path: string;
  readonly content: readonly TarSource[];
}

/**
 * Yields one tar for all places, to unpack at the root: an engine takes tens of milliseconds for each tar. Each place
 * gets a folder of the owner, even if it is empty.
 * @param missing folders to create above the places, owned by root
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
