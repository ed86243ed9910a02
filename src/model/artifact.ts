import type { Digest } from './ids.ts';
import type { IngressRoutes } from './ingress-routes.ts';

/** The result of a step or a build. */
export type Artifact = FilesArtifact | ImageArtifact | DeploymentArtifact;

/** The files that a step's `artifacts` globs matched, stored by content in the run's folder. */
export interface FilesArtifact {
  readonly kind: 'files';
  /** The digest of the list of files (path, mode, digest or link). The list is stored beside the files. */
  readonly manifest: Digest;
  readonly files: number;
  readonly bytes: number;
}

/** An image that a step built. */
export interface ImageArtifact {
  readonly kind: 'image';
  /**
   * What the configuration calls the image. A reference may differ: it has a registry, a tag, and perhaps another
   * repository. Absent in logs of older versions.
   */
  readonly name?: string;
  /** The digest of the image's configuration, as the engine reports it: `sha256:…`. */
  readonly id: string;
  /** Every reference of the image, with its tag. */
  readonly references: readonly string[];
  /** The pushed references, each with the manifest's digest in the registry. `NAME@sha256:…` is permanent. */
  readonly pushed: readonly { readonly reference: string; readonly digest: string }[];
  /** Whether the artifact cache had the image, or why it did not. Absent: the cache was not asked. */
  readonly cache?: CacheResult;
}

/** What a deployer did. */
export interface DeploymentArtifact {
  readonly kind: 'deployment';
  /** `kubectl`, `helm`, `docker`. */
  readonly deployer: string;
  /** When the deployer began, in milliseconds since 1970. Absent in logs of older versions. */
  readonly beganAt?: number;
  /** Every object that is deployed now, and those that were removed. If the step failed: those that it got to. */
  readonly objects: readonly DeployedObject[];
  /** On an engine: the Ingress objects, if a later step of the run serves them. */
  readonly routes?: IngressRoutes;
}

/** An object of a deploy. */
export interface DeployedObject {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent for objects that belong to no namespace, and on engines. */
  readonly namespace?: string;
  readonly name: string;
  readonly change: ObjectChange;
  /** Why it was applied, in a few words: `its manifest changed`. Absent if it is unchanged. */
  readonly reason?: string;
}

/** `unchanged`: nothing was sent. */
export type ObjectChange = 'created' | 'changed' | 'unchanged' | 'removed';

/** `missed`: what changed, in a few words. `reasons`: everything that changed. Absent in logs of older versions. */
export type CacheResult = { readonly hit: true } | { readonly missed: string; readonly reasons?: readonly string[] };

/** Returns the files among the artifacts. */
export function filesOf(artifacts: readonly Artifact[]): readonly FilesArtifact[] {
  return artifacts.filter((artifact) => artifact.kind === 'files');
}

export function imagesOf(artifacts: readonly Artifact[]): readonly ImageArtifact[] {
  return artifacts.filter((artifact) => artifact.kind === 'image');
}

export function deploymentsOf(artifacts: readonly Artifact[]): readonly DeploymentArtifact[] {
  return artifacts.filter((artifact) => artifact.kind === 'deployment');
}

/** Returns the API group of an object. `''` is the core group. */
export function groupOf({ apiVersion }: Pick<DeployedObject, 'apiVersion'>): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** Returns the name of an object as `kubectl` prints it: `deployment.apps/web`, `service/web`. */
export function shownObject(object: Pick<DeployedObject, 'apiVersion' | 'kind' | 'name'>): string {
  const group = groupOf(object);
  return `${object.kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${object.name}`;
}
