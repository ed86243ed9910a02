import { createHash } from 'node:crypto';
import { hex } from './hash-path.ts';
import type { Listing } from './listing.ts';

/** The wanted files that are directly in a folder. */
export interface SelectedFolder {
  /** Relative, with `/`. Empty: the folder itself. */
  readonly path: string;
  /** Absent: the folder is empty. */
  readonly content?: {
    readonly listing: Listing;
    /** 1 for each name that is wanted. */
    readonly selected: Uint8Array;
    readonly digest: Uint8Array;
  };
}

/** The hashes of files, as digests of their folders. The paths are made only if they are needed. */
export class SelectedFiles {
  readonly #folders: readonly SelectedFolder[];
  readonly digest: string;

  constructor(folders: readonly SelectedFolder[]) {
    this.#folders = folders.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    const hash = createHash('sha256');
    for (const { path, content } of this.#folders) {
      hash.update(`${path}\0${content ? 'files' : 'empty'}\0`);
      if (content) hash.update(content.digest);
    }
    this.digest = hash.digest('hex');
  }

  byPath(): ReadonlyMap<string, string> {
    const all: (readonly [string, string])[] = [];
    for (const { path, content } of this.#folders) {
      if (!content) all.push([path, 'folder']);
      const { listing, selected } = content ?? {};
      for (const [i, name] of (listing?.names ?? []).entries())
        if (selected?.[i] === 1) all.push([path === '' ? name : `${path}/${name}`, hex(listing!.hashOf(i))]);
    }
    return new Map(all.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
