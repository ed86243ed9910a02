import type { TarSource } from '../../model/tree.ts';
import type { TarHeader } from '../../tar/tar-header.ts';
import { nameParts } from '../../tar/tar-name.ts';
import { readTar } from '../../tar/tar-reader.ts';

/** An entry of a layer. `at` is its index in that layer. */
export interface TreeEntry {
  readonly layer: number;
  readonly at: number;
  readonly header: TarHeader;
}

/** The target of a path after all links. `path` contains no links, and one character for each byte. */
export type Found =
  | { readonly status: 'file'; readonly path: string; readonly entry: TreeEntry }
  | { readonly status: 'folder'; readonly path: string }
  | { readonly status: 'missing' }
  /** The path, or a link in it, leads outside the tree. */
  | { readonly status: 'outside' };

/** The limit for links in one path, as on Linux. */
const maxLinks = 40;

/**
 * An index of a tree in layers: what each path is, and which layer has it. A later layer replaces an earlier one. It
 * holds no contents.
 */
export class LayeredTree {
  readonly #entries = new Map<string, TreeEntry>();
  /** Folders with the names directly in them. The root is `''`. */
  readonly #folders = new Map<string, Set<string>>([['', new Set()]]);

  static async read(layers: readonly TarSource[], signal: AbortSignal): Promise<LayeredTree> {
    const tree = new LayeredTree();
    for (const [layer, source] of layers.entries()) {
      let at = 0;
      for await (const { header } of readTar(source.open(undefined, signal))) tree.#add({ layer, at: at++, header });
    }
    return tree;
  }

  /**
   * Resolves a path and its links.
   * @param path relative to the root of the tree, separated by `/`
   */
  find(path: string): Found {
    return this.#walk([], path.startsWith('/') ? ['..'] : latin1(path).split('/'), maxLinks);
  }

  /** Returns the names directly in a folder, in byte order. */
  names(folder: string): readonly string[] {
    return [...(this.#folders.get(folder) ?? [])].sort().map((name) => Buffer.from(name, 'latin1').toString());
  }

  /** Returns the first path below a folder that leads outside the tree. Links to other folders are followed. */
  firstOutside(folder: string): string | undefined {
    // The loop also visits folders that it adds.
    const folders = new Set([folder]);
    for (const each of folders) {
      for (const name of this.#folders.get(each) ?? []) {
        const steps = [...each.split('/'), name];
        const found = this.#walk([], steps, maxLinks);
        if (found.status === 'outside')
          return Buffer.from(steps.filter((step) => step !== '').join('/'), 'latin1').toString();
        if (found.status === 'folder') folders.add(found.path);
      }
    }
    return undefined;
  }

  #walk(from: readonly string[], steps: readonly string[], linksLeft: number): Found {
    const here = [...from];
    for (const [i, step] of steps.entries()) {
      if (step === '' || step === '.') continue;
      if (step === '..') {
        if (here.pop() === undefined) return { status: 'outside' };
        continue;
      }
      const path = [...here, step].join('/');
      const entry = this.#entries.get(path);
      if (entry?.header.type === 'symlink') return this.#follow(entry, here, steps.slice(i + 1), linksLeft);
      if (entry?.header.type === 'file')
        return i === steps.length - 1 ? { status: 'file', path, entry } : { status: 'missing' };
      if (!this.#folders.has(path)) return { status: 'missing' };
      here.push(step);
    }
    return { status: 'folder', path: here.join('/') };
  }

  #follow({ header }: TreeEntry, folder: readonly string[], rest: readonly string[], linksLeft: number): Found {
    const target = (header.linkName ?? Buffer.alloc(0)).toString('latin1');
    if (target.startsWith('/')) return { status: 'outside' };
    return linksLeft === 0 ? { status: 'missing' } : this.#walk(folder, [...target.split('/'), ...rest], linksLeft - 1);
  }

  #add(entry: TreeEntry): void {
    const parts = nameParts(entry.header.name);
    const path = parts.join('/');
    if (path === '') return;
    for (let count = 1; count < parts.length; count++) this.#addFolder(parts.slice(0, count));
    if (entry.header.type === 'directory') this.#addFolder(parts);
    else this.#replace(parts, path, entry);
  }

  #addFolder(parts: readonly string[]): void {
    const path = parts.join('/');
    this.#entries.delete(path);
    if (!this.#folders.has(path)) this.#folders.set(path, new Set());
    this.#addName(parts);
  }

  #replace(parts: readonly string[], path: string, entry: TreeEntry): void {
    this.#removeFolder(path);
    const linked =
      entry.header.type === 'hardlink'
        ? this.#entries.get(nameParts(entry.header.linkName ?? Buffer.alloc(0)).join('/'))
        : entry;
    if (linked === undefined) this.#entries.delete(path);
    else this.#entries.set(path, linked);
    this.#addName(parts);
  }

  #addName(parts: readonly string[]): void {
    this.#folders.get(parts.slice(0, -1).join('/'))?.add(parts.at(-1) ?? '');
  }

  #removeFolder(path: string): void {
    for (const name of this.#folders.get(path) ?? []) {
      this.#entries.delete(`${path}/${name}`);
      this.#removeFolder(`${path}/${name}`);
    }
    this.#folders.delete(path);
  }
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
