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
}
