import { Buffer } from 'node:buffer';
import { posix } from 'node:path';
import type { LocalContainer, LocalFile, LocalVolume, LocalWorkload } from '../../local-deployments.ts';
import { TarEncoder } from '../../../tar/tar-encoder.ts';
import type { TarHeader } from '../../../tar/tar-header.ts';
import { ownVolumes } from './workload-layout.ts';

/** A tar to unpack in a container before it starts. */
export interface PlacedFiles {
  readonly directory: string;
  tar(): AsyncIterable<Uint8Array>;
}

/**
 * Returns the files for a container. Docker ignores the mode of the folder that it unpacks into, so it unpacks above the
 * volume. Podman sees volumes only at their own paths.
 * @param filled the volumes that have their files already. Adds those that this container fills
 */
export function filesFor(
  workload: LocalWorkload,
  container: LocalContainer,
  filled: Set<string>,
  flavor: 'docker' | 'podman',
): readonly PlacedFiles[] {
  const own = ownVolumes(workload);
  const placed: PlacedFiles[] = [];
  const single: LocalFile[] = [];
  for (const { volume: name, path, subPath } of container.mounts) {
    const volume = workload.volumes.find((each) => each.name === name);
    if (volume === undefined || volume.kind === 'host' || volume.kind === 'claim') continue;
    if (subPath !== undefined && volume.kind === 'files') single.push(...partOf(volume.files, subPath, path));
    else if (own.includes(volume) && !filled.has(name)) {
      filled.add(name);
      placed.push(...contentOf(volume, path, flavor));
    }
  }
  if (single.length > 0) placed.push({ directory: '/', tar: () => tarOf(single, undefined) });
  return placed;
}

function contentOf(volume: LocalVolume, path: string, flavor: 'docker' | 'podman'): readonly PlacedFiles[] {
  // A volume in memory has its mode from its options.
  if ((volume.kind === 'empty' && volume.memory) || (volume.kind !== 'empty' && volume.kind !== 'files')) return [];
  const [files, mode] = volume.kind === 'empty' ? [[], 0o777] : [volume.files, 0o755];
  return flavor === 'podman'
    ? [{ directory: path, tar: () => tarOf(files, { path: '.', mode }) }]
    : [{ directory: '/', tar: () => tarOf(files, { path: path.slice(1), mode }) }];
}

/** Returns the file, or the files of the folder, at `subPath`, as files below the root. */
function partOf(files: readonly LocalFile[], subPath: string, target: string): readonly LocalFile[] {
  const wanted = posix.normalize(subPath);
  return files.flatMap((file) => {
    const path = posix.normalize(file.path);
    if (path !== wanted && !path.startsWith(`${wanted}/`)) return [];
    return [{ ...file, path: `${target}${path.slice(wanted.length)}`.replace(/^\/+/, '') }];
  });
}

/** @param root the folder that the files are in. Absent: no folder is changed */
async function* tarOf(
  files: readonly LocalFile[],
  root: { readonly path: string; readonly mode: number } | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const out = new TarEncoder();
  const inRoot = (path: string) => (root === undefined || root.path === '.' ? path : `${root.path}/${path}`);
  if (root !== undefined) {
    out.entry(folder(root.path, root.mode));
    const folders = new Set(files.flatMap(({ path }) => foldersAbove(path)));
    for (const path of folders) out.entry(folder(inRoot(path), 0o755));
  }
  for (const { path, content, mode, group } of files) {
    const name = Buffer.from(inRoot(path));
    out.entry({ name, type: 'file', mode, uid: 0, gid: group, size: content.length, mtimeMs: 0 });
    out.data(content);
  }
  out.finish();
  yield* out.take();
}

function folder(path: string, mode: number): TarHeader {
  return { name: Buffer.from(path), type: 'directory', mode, uid: 0, gid: 0, size: 0, mtimeMs: 0 };
}

function foldersAbove(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}
