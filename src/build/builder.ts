/**
 * Builds the image of one artifact. A builder knows nothing of events, tags or other artifacts: it gets a specification and a
 * `Work`, and returns an outcome (docs/design/architecture.md, "The one idea"). Retrying, limiting and recording are
 * wrappers around it.
 */
import type { Outcome } from '../model/outcome.ts';
import type { Work } from '../model/work.ts';
import type { CacheResult } from '../model/artifact.ts';
import type { ImageBuild } from '../runtime/image-builder.ts';
import type { ArtifactInputs } from './artifact-inputs.ts';

export interface Builder<Options = unknown> {
  /**
   * Builds the image, and pushes it if the build says so. Stops if `work.signal` is aborted, and leaves nothing behind.
   * Failures: those of `ImageBuilder`, `exit-nonzero` of a command, `file-missing`, `unsupported` (with the option).
   */
  build(build: ArtifactBuild<Options>, work: Work): Promise<Outcome<BuiltArtifact>>;
  /**
   * Returns what can change the image, before it is built. Absent: the builder cannot say, so its images are not cached.
   * Failures as those of `build`.
   */
  readonly inputs?: (build: ArtifactBuild<Options>, signal: AbortSignal) => Promise<Outcome<ArtifactInputs>>;
}

export interface ArtifactBuild<Options = unknown> {
  /** The name in the configuration, for labels and messages. */
  readonly image: string;
  /** The image to make, with its tag. */
  readonly reference: string;
  /** The folder with the artifact's sources. Absolute. */
  readonly context: string;
  /** Images that were built before, by the names under which this one knows them. */
  readonly requires: readonly RequiredImage[];
  /** `OS/ARCHITECTURE`. Empty: the builder's own. */
  readonly platforms: readonly string[];
  /** Absent: the image stays where it was built. */
  readonly push?: PushTarget;
  /** The name of the builder's workload, if it runs as one, and changes to its pod. */
  readonly workload?: ImageBuild['workload'];
  readonly pod?: ImageBuild['pod'];
  readonly options: Options;
}

export interface RequiredImage {
  /** The name of a build argument or variable. */
  readonly alias: string;
  /** With a tag or digest. */
  readonly reference: string;
  /** Its platforms, if each also has a reference of its own (`platformReference`). */
  readonly platforms?: readonly string[];
}

export interface PushTarget {
  /** Allows plain HTTP and certificates that are not trusted. */
  readonly insecure: boolean;
}

export interface BuiltArtifact {
  /** The digest of the image's configuration: `sha256:…`. Absent if only a registry has the image. */
  readonly id?: string;
  /** The digest of the manifest in the registry, if the image was pushed. */
  readonly digest?: string;
  /** Whether the artifact cache had the image, or why it did not. Absent: the cache was not asked. */
  readonly cache?: CacheResult;
}
