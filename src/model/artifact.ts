import type { Digest } from './ids.ts';

/** What a step or a build makes and hands on. Grows by members (images with a digest, manifests, test results). */
export type Artifact = FilesArtifact;

/** Files that a step's `artifacts` globs matched, kept content-addressed in the run's folder. */
export interface FilesArtifact {
  readonly kind: 'files';
  /** The content address of the list of files (path, mode, digest or link), itself kept beside them. */
  readonly manifest: Digest;
  readonly files: number;
  readonly bytes: number;
}
