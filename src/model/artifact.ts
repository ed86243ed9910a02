import type { Digest } from './ids.ts';

/** What a step or a build makes and hands on. Grows by members (manifests, test results). */
export type Artifact = FilesArtifact | ImageArtifact;

/** Files that a step's `artifacts` globs matched, kept content-addressed in the run's folder. */
export interface FilesArtifact {
  readonly kind: 'files';
  /** The content address of the list of files (path, mode, digest or link), itself kept beside them. */
  readonly manifest: Digest;
  readonly files: number;
  readonly bytes: number;
}

/** An image that a step built. */
export interface ImageArtifact {
  readonly kind: 'image';
  /** Of its configuration, as the engine calls it: `sha256:…`. */
  readonly id: string;
  /** Every name with its tag that it was given. */
  readonly references: readonly string[];
  /** Those that a registry has taken, each with the digest of the manifest there: `NAME@sha256:…` names it for good. */
  readonly pushed: readonly { readonly reference: string; readonly digest: string }[];
}

/** The files among what was made. */
export function filesOf(artifacts: readonly Artifact[]): readonly FilesArtifact[] {
  return artifacts.filter((artifact) => artifact.kind === 'files');
}

export function imagesOf(artifacts: readonly Artifact[]): readonly ImageArtifact[] {
  return artifacts.filter((artifact) => artifact.kind === 'image');
}
