/**
 * The tree that a run works on. Slipway reads it once, at the run's start, into a snapshot in the run's folder.
 * Artifacts of steps are stored by content beside it, and overlaid on the tree of later stages. Caches are stored per
 * project beside the runs. This folder knows files, tars and Git's ignore rules, but no runtimes or events.
 * (docs/design/architecture.md, "Workspace".)
 */
import type { FilesArtifact } from '../model/artifact.ts';
import type { Digest } from '../model/ids.ts';
import type { Failure } from '../model/outcome.ts';
import type { WorkspaceRef } from '../model/plan.ts';
import type { TarSource } from '../model/tree.ts';

export interface SnapshotRequest {
  /** The absolute folder to read. */
  readonly root: string;
  /**
   * The run's folder. The snapshot is created in it under a temporary name and renamed when it is complete. Git lists
   * the files while this is awaited. If it is rejected, so is the snapshot.
   */
  readonly folder: string | Promise<string>;
  /** `git`: without ignored files (Git itself is optional). `none`: the whole tree. `everything`: an empty tree. */
  readonly ignore: 'git' | 'none' | 'everything';
  /** The environment for Git (PATH, HOME). Absent: this process's environment. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Called for every file with the totals so far. */
  readonly progress?: ((files: number, bytes: number) => void) | undefined;
  readonly signal: AbortSignal;
}

/**
 * A tree that was read once. Any number of readers may `open` it at once. It includes `.git`, which the digest
 * excludes.
 */
export interface Snapshot extends TarSource {
  readonly ref: WorkspaceRef;
  /** Notes for people: unreadable files, skipped sockets. */
  readonly notes: readonly string[];
}

export interface ArtifactStore {
  /**
   * Collects the files of a workspace that match the patterns. Detects conflicts with every other step of the same
   * stage that this process collected or claimed earlier. If two steps end at once, the second one fails. Stores the
   * matching files even if it returns a failure (`artifact-missing`, `artifact-conflict`, `artifact-refused`,
   * `disk-full`). The caller decides whether that matters.
   */
  collect(request: CollectRequest): Promise<Collected>;
  /** Claims the artifacts that an earlier process collected. */
  claim(stage: number, step: string, artifact: FilesArtifact): Promise<void>;
  /** Returns the artifacts overlaid in this order. */
  overlay(artifacts: readonly FilesArtifact[]): TarSource;
  /** Lists the files of an artifact as people may see them, sorted by path. */
  list(artifact: FilesArtifact): Promise<readonly ArtifactFile[]>;
  /** Writes the artifact into a folder, never outside of it. The caller owns the files. */
  writeTo(artifact: FilesArtifact, directory: string, signal: AbortSignal): Promise<void>;
}

export interface CollectRequest {
  /** Dotfiles match, `**` does not follow symbolic links, and a folder means its whole tree. */
  readonly patterns: readonly string[];
  readonly stage: number;
  /** The step's name, for messages about conflicts. */
  readonly step: string;
  /** Masks a name for people. Lists show the masked name, `writeTo` writes the real one. */
  readonly shown?: (name: string) => string;
  /** Reads a path of the workspace like the runtime's `copyOut`. `''` is the root. */
  read(path: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  readonly signal: AbortSignal;
}

export interface Collected {
  /** Absent if nothing matched. */
  readonly artifact?: FilesArtifact;
  readonly failure?: Failure;
}

/**
 * A path of an artifact, decoded as UTF-8. If the name is not UTF-8 or contains a secret, `rawPath` has it in base64.
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

/** Caches by project and path. The last save replaces the whole cache. */
export interface CacheStore {
  /**
   * Opens the last saved copy of the path. Entries are relative to the workspace's root. It stays readable if another
   * save replaces it.
   */
  restore(project: string, path: string): Promise<(TarSource & { readonly bytes: number }) | undefined>;
  /**
   * @param tar as from `copyOut`: entry names start with the path's last component
   * @returns its size
   */
  save(project: string, path: string, tar: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<number>;
  /** Lists all caches for retention, least recently used first. */
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
