/**
 * The client of one registry, with one source of credentials (OCI distribution specification, 1.1). Failures are
 * values with a message for people. Calls throw only the reason of their signal, and bugs. Every call has a deadline.
 * Requests that fail for a moment are tried again a few times.
 */
import type { ImageReference } from './image-reference.ts';
import type { Platform } from './platform.ts';
import type { RegistryFailure } from './registry-failure.ts';

export type Answer<T> = { readonly value: T } | { readonly failure: RegistryFailure };

/** `undefined`: the registry does not have it. */
export type Found<T> = Answer<T | undefined>;

/** References are of this registry. A tag in them may also be a digest (`ImageReference.tag`). */
export interface Registry {
  /** Looks up what a tag or digest refers to, without its content if the registry can do that. */
  digest(reference: ImageReference, signal: AbortSignal): Promise<Found<Descriptor>>;

  /** Reads a manifest or an index, and verifies its digest. Limit: 4 MiB. */
  manifest(reference: ImageReference, signal: AbortSignal): Promise<Found<Manifest>>;

  /**
   * Describes an image. Of an index, the image for this platform. An image without an index is returned for any
   * platform: its own is in the result. Failure: `no-platform`.
   */
  image(reference: ImageReference, platform: Platform, signal: AbortSignal): Promise<Found<RegistryImage>>;

  /** Gives a manifest or an index another tag, without reading its layers. Failure: `not-found`. */
  tag(reference: ImageReference, tag: string, signal: AbortSignal): Promise<Answer<Descriptor>>;

  /** Stores a manifest under the reference's tag or digest. The registry must have what it refers to. */
  putManifest(reference: ImageReference, manifest: NewManifest, signal: AbortSignal): Promise<Answer<Descriptor>>;

  /** Stores an index of images that the repository has. */
  putIndex(reference: ImageReference, index: NewIndex, signal: AbortSignal): Promise<Answer<Descriptor>>;

  blobExists(repository: ImageReference, digest: string, signal: AbortSignal): Promise<Answer<boolean>>;

  /**
   * Stores a blob, unless the repository has it. Tries to mount it first if `mountFrom` names a repository that has
   * it.
   */
  putBlob(repository: ImageReference, blob: NewBlob, signal: AbortSignal): Promise<Answer<BlobResult>>;

  /** Lists the tags of a repository by pages. */
  tags(repository: ImageReference, page: TagPageRequest, signal: AbortSignal): Promise<Found<TagPage>>;
}

export interface Descriptor {
  readonly digest: string;
  readonly mediaType: string;
  /** In bytes. */
  readonly size: number;
}

export interface Manifest extends Descriptor {
  readonly bytes: Buffer;
}

export type NewManifest = Pick<Manifest, 'bytes' | 'mediaType'>;

export interface NewIndex {
  readonly images: readonly IndexEntry[];
  /** Absent: Docker's manifest list if all images have Docker's manifests, otherwise an OCI index. */
  readonly format?: 'oci' | 'docker';
}

export interface IndexEntry extends Descriptor {
  readonly platform: Platform;
}

export interface NewBlob {
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
  /** Opens the content. Called again for each try. */
  open(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /** The name of another repository of the registry. */
  readonly mountFrom?: string;
}

export type BlobResult = 'present' | 'mounted' | 'uploaded';

export interface TagPageRequest {
  /** `next` of the page before. Absent: the first page. */
  readonly after?: string;
  /** The most tags that a page should have. Some registries return all at once (distribution before 3.0). */
  readonly limit: number;
}

export interface TagPage {
  readonly tags: readonly string[];
  /** Absent: this is the last page. */
  readonly next?: string;
}

/** What an image's configuration says. Fields that it lacks are absent or empty. */
export interface RegistryImage {
  /** The digest of the image's manifest. */
  readonly digest: string;
  /** The digest of its configuration, which engines use as id. */
  readonly configDigest: string;
  readonly platform: Platform;
  /** As in the configuration: RFC 3339. */
  readonly created?: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** `NAME=VALUE`. */
  readonly env: readonly string[];
  readonly workdir?: string;
  readonly user?: string;
  readonly onbuild: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** `8080/tcp`. */
  readonly exposedPorts: readonly string[];
  /** From the lowest to the highest. */
  readonly layers: readonly Descriptor[];
}
