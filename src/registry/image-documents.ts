/** The JSON documents of images (OCI image specification; Docker's Image Manifest Version 2, Schema 2). */
import type { Descriptor, IndexEntry, NewIndex, NewManifest, RegistryImage } from './registry.ts';
import { isDigest } from './digest.ts';
import type { Platform } from './platform.ts';

const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
const ociIndex = 'application/vnd.oci.image.index.v1+json';
const dockerManifest = 'application/vnd.docker.distribution.manifest.v2+json';
const dockerIndex = 'application/vnd.docker.distribution.manifest.list.v2+json';

/** What Slipway reads of registries. Without it, old registries return a schema that has no configuration. */
export const acceptedManifests = [ociIndex, dockerIndex, ociManifest, dockerManifest].join(', ');

export function isIndex(mediaType: string): boolean {
  return mediaType === ociIndex || mediaType === dockerIndex;
}

/** Returns the images of an index. Leaves out entries that are no images, such as attestations. */
export function parseIndex(bytes: Buffer): readonly IndexEntry[] | undefined {
  const { manifests } = parseObject(bytes);
  if (!Array.isArray(manifests)) return undefined;
  return manifests.flatMap((each) => {
    const descriptor = parseDescriptor(each);
    const platform = parsePlatform(objectOf(objectOf(each)['platform']));
    return descriptor === undefined || platform === undefined || platform.os === 'unknown'
      ? []
      : [{ ...descriptor, platform }];
  });
}

/** Returns the bytes and the media type of an index of images. */
export function indexOf({ images, format }: NewIndex): NewManifest {
  const docker = format === undefined ? images.every((each) => each.mediaType === dockerManifest) : format === 'docker';
  const mediaType = docker ? dockerIndex : ociIndex;
  const manifests = images.map(({ mediaType: type, digest, size, platform }) => ({
    mediaType: type,
    digest,
    size,
    platform,
  }));
  return { mediaType, bytes: Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests })) };
}

/** Returns what an image's manifest refers to; `undefined` if it is not one of an image. */
export function parseManifest(
  bytes: Buffer,
): { readonly config: Descriptor; readonly layers: readonly Descriptor[] } | undefined {
  const { config, layers } = parseObject(bytes);
  const parsed = parseDescriptor(config);
  if (parsed === undefined || !Array.isArray(layers)) return undefined;
  return { config: parsed, layers: layers.flatMap((each) => parseDescriptor(each) ?? []) };
}

/** Returns what an image's configuration says; `undefined` if it is none. */
export function parseConfig(bytes: Buffer): Omit<RegistryImage, 'digest' | 'configDigest' | 'layers'> | undefined {
  const document = parseObject(bytes);
  const platform = parsePlatform(document);
  if (platform === undefined) return undefined;
  const config = objectOf(document['config']);
  const created = textOf(document['created']);
  const [workdir, user] = [textOf(config['WorkingDir']), textOf(config['User'])];
  return {
    platform,
    ...(created !== undefined && { created }),
    entrypoint: textsOf(config['Entrypoint']),
    command: textsOf(config['Cmd']),
    env: textsOf(config['Env']),
    ...(workdir !== undefined && { workdir }),
    ...(user !== undefined && { user }),
    onbuild: textsOf(config['OnBuild']),
    labels: Object.fromEntries(
      Object.entries(objectOf(config['Labels'])).filter(
        (each): each is [string, string] => typeof each[1] === 'string',
      ),
    ),
    exposedPorts: Object.keys(objectOf(config['ExposedPorts'])),
  };
}

/** Returns the media type that a manifest states itself, for registries that do not name it. */
export function statedMediaType(bytes: Buffer): string | undefined {
  return textOf(parseObject(bytes)['mediaType']);
}

function parsePlatform(value: JsonObject): Platform | undefined {
  const [os, architecture, variant] = [textOf(value['os']), textOf(value['architecture']), textOf(value['variant'])];
  return os === undefined || architecture === undefined
    ? undefined
    : { os, architecture, ...(variant !== undefined && { variant }) };
}

function parseDescriptor(value: unknown): Descriptor | undefined {
  const { digest, mediaType, size } = objectOf(value);
  return typeof digest === 'string' && isDigest(digest) && typeof size === 'number'
    ? { digest, mediaType: textOf(mediaType) ?? '', size }
    : undefined;
}

type JsonObject = Readonly<Record<string, unknown>>;

function parseObject(bytes: Buffer): JsonObject {
  try {
    return objectOf(JSON.parse(bytes.toString()));
  } catch {
    return {};
  }
}

function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
}

/** Configurations have empty texts for what is not set. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
