/** An image in the artifact cache. */
export interface CachedImage {
  /** The name in the configuration. */
  readonly image: string;
  /** The folder with the sources that it was built from. Absolute. */
  readonly context: string;
  /** Given if the image is one of several platforms: `OS/ARCHITECTURE`. */
  readonly platform?: string | undefined;
  /** With the tag that it was built with. */
  readonly reference: string;
  /** `sha256:…` of the image's configuration. Absent if only a registry has the image. */
  readonly id?: string;
  /** The digest of the manifest in the registry, if it was pushed. */
  readonly digest?: string;
  /** Milliseconds since 1970. */
  readonly builtAt: number;
}

/** What a build would do about an artifact now. */
export interface BuildExplanation {
  /** The name in the configuration. */
  readonly image: string;
  /** The image that the build would make, with its tag. */
  readonly reference: string;
  /** Whether the cache has an image of these inputs. */
  readonly cached: boolean;
  /** Why it would be built, each reason in a few words. Empty if it is cached. */
  readonly reasons: readonly string[];
}

/** What to remove from the artifact cache. Entries of folders that are gone are always removed. */
export interface CachePruning {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Entries that were built longer ago are removed, and hashes of files that were stored longer ago. Milliseconds. */
  readonly olderThanMs: number;
  readonly all: boolean;
  /** Nothing is removed. */
  readonly dryRun: boolean;
}

export interface PrunedCache {
  /** The entries that were removed, and why. Their images stay on the engine. */
  readonly removed: readonly (CachedImage & { readonly because: PruneReason })[];
  readonly kept: number;
  /** How many files with hashes of folders were removed, and their size. */
  readonly indexes: { readonly removed: number; readonly bytes: number };
}

export type PruneReason = 'all' | 'old' | 'folder-gone';

/** What to remove from a cache that several machines share. */
export interface SharedCachePruning extends CachePruning {
  /** The folder of the cache. Absolute. It exists. */
  readonly directory: string;
  /** The oldest entries are removed until the others have at most this many bytes. Absent: no limit. */
  readonly mostBytes?: number;
}

export interface PrunedSharedCache {
  /** `reference`: the image. Absent if the file is damaged or was never finished. */
  readonly removed: readonly {
    readonly file: string;
    readonly reference?: string;
    readonly because: 'all' | 'old' | 'size';
  }[];
  readonly kept: number;
  /** The size of the removed files. */
  readonly bytes: number;
}
