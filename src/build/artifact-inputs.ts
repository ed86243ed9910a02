import type { FileSelection } from '../workspace/index/tree-index.ts';

/** Everything that can change the image of an artifact, as its builder says. */
export interface ArtifactInputs {
  /** The folder that the selection is relative to. Absolute. */
  readonly folder: string;
  readonly files: FileSelection;
  /** Further files, absolute, such as a Dockerfile outside of the folder. */
  readonly others: readonly string[];
  /** Images that the build starts from, as it names them. */
  readonly baseImages: readonly string[];
}

/** The state of the inputs, as far as it decides about the image. Each part has a name for people. */
export interface InputState {
  /** The digest of all files with their hashes. Equal digests mean equal files. */
  readonly filesDigest: string;
  /** The hash of each file. May be computed at its first use. */
  readonly files: Readonly<Record<string, string>>;
  /** The hash of each option of the builder and of the artifact. */
  readonly options: Readonly<Record<string, string>>;
  /** The id of each base image; empty if the engine does not have it. */
  readonly baseImages: Readonly<Record<string, string>>;
  /** The id of each required image, by its alias. */
  readonly requires: Readonly<Record<string, string>>;
}
