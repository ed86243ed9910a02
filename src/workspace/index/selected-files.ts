import { createHash } from 'node:crypto';
import { hex } from './hash-path.ts';
import type { Listing } from './listing.ts';

/** The wanted files that are directly in a folder. */
export interface SelectedFolder {
  /** Relative, with `/`. Empty: the folder itself. */
  readonly path: string;
  /** The modes of the folders on that path, which images get too: `755`. */
  readonly modes: readonly string[];
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
    for (const { path, modes, content } of this.#folders) {
      hash.update(`${path}\0${modes.join(' ')}\0${content ? 'files' : 'empty'}\0`);
      if (content) hash.update(content.digest);
    }
    this.digest = hash.digest('hex');
  }

  metadata(): readonly number[] {
    return this.#folders.flatMap(({ content }) =>
      [...(content?.selected ?? [])].flatMap((selected, i) =>
        selected === 1 ? [...content!.listing.metadataOf(i)] : [],
      ),
    );
  }

  byPath(): ReadonlyMap<string, string> {
    const all = new Map<string, string>();
    for (const { path, modes, content } of this.#folders) {
      for (const [i, mode] of modes.entries())
        all.set(
          `${path
            .split('/')
            .slice(0, i + 1)
            .join('/')}/`,
          mode,
        );
      const { listing, selected } = content ?? {};
      for (const [i, name] of (listing?.names ?? []).entries())
        if (selected?.[i] === 1) all.set(path === '' ? name : `${path}/${name}`, hex(listing!.hashOf(i)));
    }
    return new Map([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
