import { posix } from 'node:path';
import type { TarSource } from '../../model/tree.ts';
import type { TarHeader } from '../../tar/tar-header.ts';
import { readTar } from '../../tar/tar-reader.ts';
import { writeTar, type TarInput } from '../../tar/tar-writer.ts';
import { onAbort } from '../../util/abort.ts';

type Node =
  | { readonly type: 'file'; readonly mode: number; readonly content: Buffer }
  | { readonly type: 'symlink'; readonly target: Buffer }
  | { readonly type: 'directory'; readonly mode: number };

/** A volume in memory. Links are kept, never followed. Paths are relative to its root, `''` is the root itself. */
export class FakeTree {
  // Keys are the bytes of a path, one character for each: names need not be UTF-8.
  readonly #nodes = new Map<string, Node>([['', { type: 'directory', mode: 0o755 }]]);
  readonly #watchers = new Set<() => void>();
  #pending: readonly TarSource[];
  #filling: Promise<void> | undefined;

  constructor(content: readonly TarSource[]) {
    this.#pending = content;
  }

  /** Adds the initial content, once. */
  async fill(signal: AbortSignal): Promise<void> {
    this.#filling ??= this.#fill(signal);
    await this.#filling;
  }

  async #fill(signal: AbortSignal): Promise<void> {
    for (const layer of this.#pending) await this.unpack(layer.open(undefined, signal));
    this.#pending = [];
  }

  async unpack(tar: AsyncIterable<Uint8Array>, folder = ''): Promise<void> {
    for await (const { header, body } of readTar(tar)) {
      const parts: Uint8Array[] = [];
      for await (const part of body) parts.push(part);
      this.#put(posix.join(key(folder), header.name.toString('latin1')), nodeOf(header, Buffer.concat(parts)));
    }
  }

  read(path: string): Buffer | undefined {
    const node = this.#nodes.get(key(path));
    return node?.type === 'file' ? node.content : undefined;
  }

  write(path: string, content: Buffer): void {
    this.#put(key(path), { type: 'file', mode: 0o644, content });
  }

  /** Removes a path and everything below. */
  remove(path: string): void {
    const root = key(path);
    for (const at of [...this.#nodes.keys()])
      if (at !== '' && (at === root || at.startsWith(`${root}/`))) this.#nodes.delete(at);
  }

  hasFolder(path: string): boolean {
    return this.#nodes.get(key(path))?.type === 'directory';
  }

  has(path: string): boolean {
    return this.#nodes.has(key(path));
  }

  /** Resolves when the path exists, or when the signal is aborted. */
  async until(path: string, signal: AbortSignal): Promise<void> {
    while (!this.has(path) && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const look = () => {
          this.#watchers.delete(look);
          listener[Symbol.dispose]();
          resolve();
        };
        this.#watchers.add(look);
        const listener = onAbort(signal, look);
      });
    }
  }

  /** Packs a path and everything below. Entry names start with `name`. */
  pack(path: string, name: string): AsyncIterable<Uint8Array> | undefined {
    const root = key(path);
    if (!this.#nodes.has(root)) return undefined;
    const below = root === '' ? '' : `${root}/`;
    const entries = [...this.#nodes]
      .filter(([at]) => at !== root && at.startsWith(below))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return writeTar([
      toInput(key(name), this.#nodes.get(root)!),
      ...entries.map(([at, node]) => toInput(`${key(name)}/${at.slice(below.length)}`, node)),
    ]);
  }

  #put(at: string, node: Node): void {
    const path = at === '.' ? '' : at.replace(/\/$/, '');
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
      const parent = path.slice(0, end);
      if (this.#nodes.get(parent)?.type !== 'directory') this.#nodes.set(parent, { type: 'directory', mode: 0o755 });
    }
    this.#nodes.set(path, node);
    for (const look of [...this.#watchers]) look();
  }
}

const key = (path: string) => Buffer.from(path).toString('latin1');

function nodeOf(header: TarHeader, content: Buffer): Node {
  if (header.type === 'directory') return { type: 'directory', mode: header.mode };
  if (header.type === 'symlink') return { type: 'symlink', target: header.linkName ?? Buffer.alloc(0) };
  return { type: 'file', mode: header.mode, content };
}

function toInput(name: string, node: Node): TarInput {
  const common = { name: Buffer.from(name, 'latin1'), uid: 0, gid: 0, mtimeMs: 0 };
  if (node.type === 'file')
    return { header: { ...common, type: 'file', mode: node.mode, size: node.content.length }, body: node.content };
  if (node.type === 'symlink')
    return { header: { ...common, type: 'symlink', mode: 0o777, size: 0, linkName: node.target } };
  return { header: { ...common, type: 'directory', mode: node.mode, size: 0 } };
}
