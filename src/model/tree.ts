/** Who the files of a tree shall belong to, as numbers: names are only known inside an image. */
export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * A tree of files that can be read as a tar any number of times: a snapshot, artifacts of earlier stages, a cache.
 * Entry names are relative, without a leading `./`; nothing leads out of the tree.
 */
export interface TarSource {
  /** Opens it from the start. The stream ends with the archive's end (two zero blocks). Stopping early is fine. */
  open(owner: FileOwner | undefined, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** What is in it, without contents, where that is known for less than reading all of it. */
  entries?(signal: AbortSignal): Promise<readonly TreeEntry[]>;
  /** Its symbolic links, where they are known for less: paths and targets, their bytes one character each. */
  readonly links?: ReadonlyMap<string, string>;
}

/** A path in a tree, its bytes one character each. `target`: of a link, as it is written. */
export interface TreeEntry {
  readonly path: string;
  readonly type: 'file' | 'folder' | 'link';
  readonly target?: string;
}
