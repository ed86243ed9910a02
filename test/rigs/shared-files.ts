/**
 * Data that others wrote and that is not part of the repository: it lies in the folder `shared` beside the repository, or
 * beside the folder of its worktrees.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface SharedFiles {
  /** The absolute path. */
  readonly path: string;
  /** Why the files are missing, for the name of a skipped suite. */
  readonly missing?: string;
}

/** @param name below the folder `shared` */
export function sharedFiles(name: string): SharedFiles {
  const places = ['../../../', '../../../../'].map((up) =>
    fileURLToPath(new URL(`${up}shared/${name}`, import.meta.url)),
  );
  const found = places.find((place) => existsSync(place));
  return found === undefined
    ? { path: places[0] ?? '', missing: `no shared/${name} beside the repository` }
    : { path: found };
}
