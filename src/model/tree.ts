/** The numeric owner of a tree's files. User names exist only inside an image. */
export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * A tree of files that can be read as a tar any number of times: a snapshot, artifacts of earlier stages, a cache.
 * Entry names are relative, without a leading `./`. No entry leads out of the tree.
 */
export interface TarSource {
  /** Opens the tar from the start. The stream ends with the tar's end (two zero blocks). The caller may stop early. */
  open(owner: FileOwner | undefined, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Returns the entries without contents, if that is cheaper than reading everything. */
  entries?(signal: AbortSignal): Promise<readonly TreeEntry[]>;
  /** The symbolic links, if they are cheap to know: paths and targets, with one character for each byte. */
  readonly links?: ReadonlyMap<string, string>;
}

/** A path in a tree, with one character for each byte. `target`: the target of a link as written. */
export interface TreeEntry {
  readonly path: string;
  readonly type: 'file' | 'folder' | 'link';
  readonly target?: string;
}
