import type { FileOwner } from '../../../model/tree.ts';
import { TarEncoder } from '../../../tar/tar-encoder.ts';
import { encodeEdited, withPrefix } from '../../../tar/tar-rewrite.ts';
import type { WorkloadSpec } from '../../runtime.ts';
import { completeFile } from '../pod/control-volume.ts';
import { helperMounts } from '../pod/helper-mounts.ts';

/**
 * Yields one tar of the initial content of a pod's volumes, to unpack at `/`. It has no entries for the volumes' own
 * folders: they exist, and another user may own them. The last entry marks the tar as complete: `tar` accepts a stream
 * that breaks off between two entries.
 */
export async function* podArchive(
  spec: WorkloadSpec,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const out = new TarEncoder();
  // The unpacking user owns it; see `openCommand`.
  const owner: FileOwner = { uid: 0, gid: 0 };
  for (const { volume, path } of helperMounts(spec)) {
    for (const source of spec.volumes.find(({ name }) => name === volume)?.content ?? [])
      yield* encodeEdited(source.open(owner, signal), out, withPrefix(path.replace(/^\/+|\/+$/g, '')));
    yield* out.take();
  }
  out.entry({ name: Buffer.from(completeFile.slice(1)), type: 'file', mode: 0o644, ...owner, size: 0, mtimeMs: 0 });
  out.finish();
  yield* out.take();
}
