/** A folder as the workspace of a stopped container, read as from a runtime. */
import fs from 'node:fs';
import path from 'node:path';
import { temporaryFolder, writeTree, type Tree } from './file-tree.ts';
import { packTar } from '../../src/tar/tar-pack.ts';

export class FakeWorkspace implements Disposable {
  readonly #folder = temporaryFolder();
  readonly path = `${this.#folder.path}/repo`;
  /** Every requested path. */
  readonly reads: string[] = [];

  constructor(tree: Tree) {
    writeTree(this.path, tree);
  }

  /** Follows links on the way to the path, as engines do. */
  readonly read = async (name: string): Promise<AsyncIterable<Uint8Array> | undefined> => {
    this.reads.push(name);
    const full = path.join(this.path, name);
    if (fs.lstatSync(full, { throwIfNoEntry: false }) === undefined) return undefined;
    return packTar(full, path.basename(full), new AbortController().signal);
  };

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}
