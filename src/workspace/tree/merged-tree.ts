/**
 * Overlays trees into one tree without contradictory entries. A later tree may replace a link by a folder, a folder by
 * a file, and so on. It decides what each of its paths is, and removes what earlier trees have there. Done here rather
 * than when unpacking, because engines, pods and hosts would each behave differently (docs/workspace.md).
 */
import type { FileOwner, TarSource, TreeEntry } from '../../model/tree.ts';
import { TarEncoder } from '../../tar/tar-encoder.ts';
import type { TarHeader } from '../../tar/tar-header.ts';
import { nameParts } from '../../tar/tar-name.ts';
import { readTar } from '../../tar/tar-reader.ts';
import { encodeEdited, rewriteTar } from '../../tar/tar-rewrite.ts';

/**
 * @param layers the lowest first
 */
export function mergedTree(layers: readonly TarSource[]): TarSource {
  const [only] = layers;
  if (only !== undefined && layers.length === 1) return only;
  return { open: (owner, signal) => openMerged(layers, owner, signal) };
}

/** Returns the entries of one tree without their contents. */
export async function entriesOf(source: TarSource, signal: AbortSignal): Promise<readonly TreeEntry[]> {
  if (source.entries !== undefined) return await source.entries(signal);
  const found: TreeEntry[] = [];
  for await (const { header } of readTar(source.open(undefined, signal))) found.push(entryOf(header));
  return found;
}

export function entryOf(header: TarHeader): TreeEntry {
  const path = nameParts(header.name).join('/');
  if (header.type === 'symlink') return { path, type: 'link', target: header.linkName?.toString('latin1') ?? '' };
  return { path, type: header.type === 'directory' ? 'folder' : 'file' };
}

/**
 * Returns a function that returns the target of a link in the overlaid trees, or `undefined` if a path is not a link.
 */
export async function linksOf(
  layers: readonly TarSource[],
  signal: AbortSignal,
): Promise<(path: string) => string | undefined> {
  const [lowest, ...upper] = layers;
  const known = lowest?.links;
  const read = known === undefined ? layers : upper;
  const shapes = await Promise.all(read.map(async (layer) => new TreeShape(await entriesOf(layer, signal))));
  return (path) => {
    for (const shape of shapes.toReversed()) {
      const link = shape.links.get(path);
      if (link !== undefined || shape.decides(path)) return link;
    }
    return known?.get(path);
  };
}

/** Returns a tree with one path moved. */
export function movedTree(source: TarSource, from: string, to: string): TarSource {
  if (from === to) return source;
  const moved = (path: string) => to + path.slice(from.length);
  const movedName = (name: Buffer) => Buffer.from(moved(nameParts(name).join('/')), 'latin1');
  return {
    open: (owner, signal) =>
      rewriteTar(source.open(owner, signal), (header) => ({
        ...header,
        name: movedName(header.name),
        ...(header.type === 'hardlink' && header.linkName !== undefined && { linkName: movedName(header.linkName) }),
      })),
    entries: async (signal) =>
      (await entriesOf(source, signal)).map((entry) => ({ ...entry, path: moved(entry.path) })),
  };
}

async function* openMerged(
  layers: readonly TarSource[],
  owner: FileOwner | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const [lowest, ...upper] = layers;
  if (lowest === undefined) return;
  const shapes = await Promise.all(upper.map(async (layer) => new TreeShape(await entriesOf(layer, signal))));
  if (shapes.every((shape) => shape.isEmpty)) {
    yield* lowest.open(owner, signal);
    return;
  }
  const out = new TarEncoder();
  const wanted = new Set(shapes.flatMap((shape) => [...shape.implied]));
  const present = new Set<string>();
  for (const [i, layer] of layers.entries()) {
    const later = shapes.slice(i);
    for (const folder of shapes[i - 1]?.implied ?? []) {
      if (present.has(folder)) continue;
      out.entry(folderEntry(folder, owner));
      present.add(folder);
    }
    yield* encodeEdited(layer.open(owner, signal), out, (header) => {
      const path = nameParts(header.name).join('/');
      const isFolder = header.type === 'directory';
      const isGone = (at: string) => later.some((shape) => shape.replaces(at, isFolder));
      if (isGone(path)) return undefined;
      // The target of this hard link was removed.
      if (header.type === 'hardlink' && header.linkName !== undefined && isGone(nameParts(header.linkName).join('/')))
        return undefined;
      if (isFolder && wanted.has(path)) present.add(path);
      return header;
    });
  }
  out.finish();
  yield* out.take();
}

/** The paths of a tree. */
class TreeShape {
  /** Folders that have no entry of their own but something below them. */
  readonly implied: readonly string[];
  readonly links = new Map<string, string>();
  readonly #folders = new Set<string>();
  readonly #others = new Set<string>();

  constructor(entries: readonly TreeEntry[]) {
    const implied = new Set<string>();
    for (const { path, type, target } of entries) {
      if (path === '') continue;
      (type === 'folder' ? this.#folders : this.#others).add(path);
      if (type === 'link') this.links.set(path, target ?? '');
      for (const above of foldersAbove(path)) implied.add(above);
    }
    this.implied = [...implied].filter((path) => !this.#folders.has(path)).sort();
    for (const path of this.implied) this.#folders.add(path);
  }

  get isEmpty(): boolean {
    return this.#folders.size + this.#others.size === 0;
  }

  /** Reports whether the tree determines what the path is, or that it is absent. */
  decides(path: string): boolean {
    return this.#others.has(path) || this.replaces(path, false);
  }

  /**
   * Reports whether an earlier tree's entry conflicts with this tree's entry. Two files do not conflict: the later one
   * follows.
   */
  replaces(path: string, isFolder: boolean): boolean {
    if (isFolder ? this.#others.has(path) : this.#folders.has(path)) return true;
    return this.#others.size > 0 && foldersAbove(path).some((above) => this.#others.has(above));
  }
}

function foldersAbove(path: string): string[] {
  const found: string[] = [];
  for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) found.push(path.slice(0, end));
  return found;
}

function folderEntry(path: string, owner: FileOwner = { uid: 0, gid: 0 }): TarHeader {
  return { name: Buffer.from(path, 'latin1'), type: 'directory', mode: 0o755, ...owner, size: 0, mtimeMs: 0 };
}
