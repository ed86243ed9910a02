import type { FileOwner } from '../../../model/tree.ts';
import { TarEncoder } from '../../../tar/tar-encoder.ts';
import { encodeEdited, withPrefix } from '../../../tar/tar-rewrite.ts';
import type { WorkloadSpec } from '../../runtime.ts';
import { completeFile } from '../pod/control-volume.ts';
import { helperMounts } from '../pod/helper-mounts.ts';

/**
 * One tar of all that a pod's volumes hold at the beginning, to be unpacked at its root. The volumes' own folders are
 * not in it: they are there, and may belong to somebody else than who unpacks. Last comes a file that says that all of
 * it has come: a stream that breaks off between two entries looks whole to `tar`.
 */
export async function* podArchive(
  spec: WorkloadSpec,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const out = new TarEncoder();
  // Whoever unpacks it owns it; see `openCommand`.
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
