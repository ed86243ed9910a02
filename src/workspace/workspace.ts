/**
 * The tree that a run works on. Read once at the run's start into a snapshot below the run's folder; what steps make is
 * collected content-addressed beside it and laid over the tree of later stages; caches live per project beside the
 * runs. Knows files, tars and Git's ignore rules; knows nothing of runtimes or events. (docs/design/architecture.md,
 * "Workspace".)
 */
import type { FilesArtifact } from '../model/artifact.ts';
import type { Digest } from '../model/ids.ts';
import type { Failure } from '../model/outcome.ts';
import type { WorkspaceRef } from '../model/plan.ts';
import type { TarSource } from '../model/tree.ts';

export interface SnapshotRequest {
  /** The folder to read, absolute. */
  readonly root: string;
  /** The run's folder; the snapshot is made below it, under a temporary name until it is complete. */
  readonly folder: string;
  /** `git`: without what Git ignores (no Git at all is fine); `none`: everything. */
  readonly ignore: 'git' | 'none';
  /** For Git, which is asked what it ignores (PATH, HOME). Absent: that of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Called for every file, with what has been read so far. */
  readonly progress?: ((files: number, bytes: number) => void) | undefined;
  readonly signal: AbortSignal;
}

/** A tree read once; `open` gives it to any number of readers at once. `.git` goes along, outside the digest. */
export interface Snapshot extends TarSource {
  readonly ref: WorkspaceRef;
  /** What people should know: files that could not be read, sockets left out. */
  readonly notes: readonly string[];
}

export interface ArtifactStore {
  /**
   * Takes what matches the patterns out of a workspace. Conflicts are seen against every other step of the same stage
   * that was collected or claimed before, in one process: of two that end at once, the second fails. Whatever matched
   * is kept also when a failure is returned (`artifact-missing`, `artifact-conflict`, `artifact-refused`, `disk-full`);
   * the caller decides whether that counts.
   */
  collect(request: CollectRequest): Promise<Collected>;
  /** Makes known what an earlier process has collected. */
  claim(stage: number, step: string, artifact: FilesArtifact): Promise<void>;
  /** These, laid one over the other in this order. */
  overlay(artifacts: readonly FilesArtifact[]): TarSource;
  /** The files of an artifact as people may see them, sorted by path. */
  list(artifact: FilesArtifact): Promise<readonly ArtifactFile[]>;
  /** Writes it below a folder, never outside of it; files belong to the caller. */
  writeTo(artifact: FilesArtifact, directory: string, signal: AbortSignal): Promise<void>;
}

export interface CollectRequest {
  /** Dotfiles match, `**` does not follow symlinks, a named folder means its whole tree. */
  readonly patterns: readonly string[];
  readonly stage: number;
  /** Its name, for the message of a conflict. */
  readonly step: string;
  /** What people may see of a name: a secret in it is hidden in lists, and kept in the file that `writeTo` writes. */
  readonly shown?: (name: string) => string;
  /** Reads a path of the workspace, `''` for all of it, as the runtime's `copyOut` does. */
  read(path: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  readonly signal: AbortSignal;
}

export interface Collected {
  /** Absent when nothing matched. */
  readonly artifact?: FilesArtifact;
  readonly failure?: Failure;
}

/**
 * A path is as bytes of the file system decoded as UTF-8; a name that is not UTF-8, or has a secret in it, is kept as
 * base64 in `rawPath`.
 */
export type ArtifactFile = {
  readonly path: string;
  readonly rawPath?: string;
  readonly mode: number;
} & (
  | { readonly type: 'file'; readonly digest: Digest; readonly bytes: number }
  /** `rawTarget`: as base64 where it is not UTF-8. */
  | { readonly type: 'link'; readonly target: string; readonly rawTarget?: string }
  | { readonly type: 'folder' }
);

/** By project and path; replaced whole, the last one wins. */
export interface CacheStore {
  /**
   * The last saved copy of the path, its entries named from the workspace's root; it stays readable while it is open
   * though another replaces it.
   */
  restore(project: string, path: string): Promise<(TarSource & { readonly bytes: number }) | undefined>;
  /** @param tar as `copyOut` gives it: entries named from the path's last component on. Returns its size. */
  save(project: string, path: string, tar: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<number>;
  /** Everything kept, for retention; oldest use first. */
  list(): Promise<
    readonly {
      readonly project: string;
      readonly path: string;
      readonly bytes: number;
      readonly usedAt: number;
      remove(): Promise<void>;
    }[]
  >;
}
