/** Images that tests put into registries, and a client for them. */
import { randomBytes } from 'node:crypto';
import { parseImageReference, type ImageReference } from '../../src/registry/image-reference.ts';
import type { Platform } from '../../src/registry/platform.ts';
import type { Answer, Descriptor, IndexEntry, NewBlob, Registry } from '../../src/registry/registry.ts';
import { digestOf } from './fake-registry.ts';

export const never = new AbortController().signal;

export const types = {
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
} as const;

/** Returns a repository that no other test uses. */
export function newRepository(host: string): string {
  return `${host}/slipway-test/${randomBytes(6).toString('hex')}`;
}

export function at(repository: string, tag: string): ImageReference {
  return parseImageReference(repository + (tag.includes(':') ? '@' : ':') + tag);
}

export function blobOf(content: Buffer | string, parts = 1): NewBlob {
  const bytes = Buffer.from(content);
  const step = Math.max(1, Math.ceil(bytes.length / parts));
  const pieces = Array.from({ length: Math.ceil(bytes.length / step) }, (_, i) =>
    bytes.subarray(i * step, (i + 1) * step),
  );
  return { digest: digestOf(bytes), size: bytes.length, open: () => pieces };
}

/** Returns the value of a call that succeeds. */
export function valueOf<T>(answer: Answer<T>): T {
  if ('value' in answer) return answer.value;
  throw new Error(`${answer.failure.code}: ${answer.failure.message}`);
}

export interface TestImage {
  readonly platform?: Platform;
  readonly config?: object;
  readonly layers?: readonly string[];
  readonly mediaType?: string;
}

/** Stores an image with its blobs. */
export async function putImage(
  registry: Registry,
  reference: ImageReference,
  {
    platform = { os: 'linux', architecture: 'amd64' },
    config = {},
    layers = ['layer'],
    mediaType = types.ociManifest,
  }: TestImage = {},
): Promise<IndexEntry & { readonly configDigest: string; readonly layers: readonly Descriptor[] }> {
  const configBlob = blobOf(JSON.stringify({ ...platform, ...config }));
  const layerBlobs = layers.map((layer) => blobOf(layer));
  for (const blob of [configBlob, ...layerBlobs]) valueOf(await registry.putBlob(reference, blob, never));
  const descriptor = ({ digest, size }: NewBlob, type: string) => ({ mediaType: type, digest, size });
  const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';
  const manifest = {
    schemaVersion: 2,
    mediaType,
    config: descriptor(configBlob, 'application/vnd.oci.image.config.v1+json'),
    layers: layerBlobs.map((blob) => descriptor(blob, layerType)),
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  const stored = valueOf(await registry.putManifest(reference, { bytes, mediaType }, never));
  return { ...stored, platform, configDigest: configBlob.digest, layers: manifest.layers };
}
