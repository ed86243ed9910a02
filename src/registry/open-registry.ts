import { isDigest, hasDigest, sha256Of } from './digest.ts';
import {
  acceptedManifests,
  indexOf,
  isIndex,
  parseConfig,
  parseIndex,
  parseManifest,
  statedMediaType,
} from './image-documents.ts';
import { type ImageReference } from './image-reference.ts';
import { isRepositoryPath, isTag } from '../util/image-grammar.ts';
import { choosePlatform, platformText, type Platform } from './platform.ts';
import { putBlob } from './put-blob.ts';
import type { Answer, Descriptor, Manifest, NewManifest, Registry, RegistryImage } from './registry.ts';
import type { Access } from './registry-authorizer.ts';
import { RegistryError } from './registry-failure.ts';
import { RegistrySession, type RegistrySettings } from './registry-session.ts';
import { headerOf, mebibytes, type ReceivedResponse } from './single-exchange.ts';

export type { RegistrySettings } from './registry-session.ts';

const mostManifestBytes = 4 * 2 ** 20;
const mostConfigBytes = 8 * 2 ** 20;
const mostTagBytes = 4 * 2 ** 20;

/** Returns a client of one registry. It asks nothing before its first call. The transport stays the caller's. */
export function openRegistry(settings: RegistrySettings): Registry {
  const session = new RegistrySession(settings);
  const of = (reference: ImageReference): ImageReference => {
    if (reference.registry !== settings.registry)
      throw new Error(`${reference.name} is not of registry ${settings.registry}`);
    if (!isRepositoryPath(reference.repository) || !(isTag(reference.tag) || isDigest(reference.tag)))
      throw new RegistryError('invalid-reference', `${reference.name}:${reference.tag} is not the name of an image`);
    return reference;
  };
  return {
    digest: async (reference, signal) => await asValue(async () => await digest(session, of(reference), signal)),
    manifest: async (reference, signal) =>
      await asValue(async () => await readManifest(session, of(reference), reference.tag, signal)),
    image: async (reference, platform, signal) =>
      await asValue(async () => await readImage(session, of(reference), platform, signal)),
    tag: async (reference, tag, signal) =>
      await asValue(async () => {
        of({ ...reference, tag });
        const found = await readManifest(session, of(reference), reference.tag, signal);
        if (found === undefined) throw missing(reference, reference.tag);
        return await putManifest(session, reference, tag, found, signal);
      }),
    putManifest: async (reference, manifest, signal) =>
      await asValue(async () => await putManifest(session, of(reference), reference.tag, manifest, signal)),
    putIndex: async (reference, index, signal) =>
      await asValue(async () => await putManifest(session, of(reference), reference.tag, indexOf(index), signal)),
    blobExists: async (repository, blob, signal) =>
      await asValue(async () => await blobExists(session, of(repository), blob, signal)),
    putBlob: async (repository, blob, signal) =>
      await asValue(async () =>
        (await blobExists(session, of(repository), blob.digest, signal))
          ? ('present' as const)
          : await putBlob(session, repository, blob, signal),
      ),
    tags: async (repository, { after, limit }, signal) =>
      await asValue(async () => {
        const target = after ?? `/v2/${of(repository).repository}/tags/list?n=${limit}`;
        const response = await session.send(
          { method: 'GET', target, access: toPull(repository), mostBytes: mostTagBytes },
          signal,
        );
        return response.status === 404 ? undefined : pageOf(response, settings.registry);
      }),
  };
}

async function asValue<T>(work: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return { failure: { code: error.code, message: error.message } };
  }
}

export function toPull(image: ImageReference): Access {
  return { image, scopes: [`repository:${image.repository}:pull`] };
}

function toPush(image: ImageReference): Access {
  return { image, scopes: [`repository:${image.repository}:pull,push`] };
}

async function digest(
  session: RegistrySession,
  reference: ImageReference,
  signal: AbortSignal,
): Promise<Descriptor | undefined> {
  const response = await session.send(
    { ...manifestCall(reference, reference.tag), method: 'HEAD', expects: [405] },
    signal,
  );
  if (response.status === 404) return undefined;
  const told = isDigest(reference.tag) ? reference.tag : headerOf(response.headers, 'docker-content-digest');
  const size = Number(headerOf(response.headers, 'content-length') ?? Number.NaN);
  const mediaType = mediaTypeOf(response);
  if (response.status === 200 && told !== undefined && isDigest(told) && mediaType !== undefined && size > 0)
    return { digest: told, mediaType, size };
  // Some registries tell nothing without the content.
  const manifest = await readManifest(session, reference, reference.tag, signal);
  return manifest && { digest: manifest.digest, mediaType: manifest.mediaType, size: manifest.size };
}

function manifestCall(reference: ImageReference, tag: string) {
  return {
    target: `/v2/${reference.repository}/manifests/${tag}`,
    access: toPull(reference),
    headers: { accept: acceptedManifests },
    mostBytes: mostManifestBytes,
  };
}

/** @param tag a tag or a digest */
async function readManifest(
  session: RegistrySession,
  reference: ImageReference,
  tag: string,
  signal: AbortSignal,
): Promise<Manifest | undefined> {
  const response = await session.send({ ...manifestCall(reference, tag), method: 'GET' }, signal);
  if (response.status === 404) return undefined;
  const bytes = response.body;
  const told = isDigest(tag) ? tag : headerOf(response.headers, 'docker-content-digest');
  if (told !== undefined && isDigest(told) && !hasDigest(bytes, told))
    throw new RegistryError('wrong-digest', `the manifest of ${reference.name}:${tag} has not the digest ${told}`);
  return {
    digest: told !== undefined && isDigest(told) ? told : sha256Of(bytes),
    mediaType: mediaTypeOf(response) ?? statedMediaType(bytes) ?? '',
    size: bytes.length,
    bytes,
  };
}

async function readImage(
  session: RegistrySession,
  reference: ImageReference,
  platform: Platform,
  signal: AbortSignal,
): Promise<RegistryImage | undefined> {
  const first = await readManifest(session, reference, reference.tag, signal);
  if (first === undefined) return undefined;
  const manifest = isIndex(first.mediaType) ? await imageOf(session, reference, first, platform, signal) : first;
  const parts = parseManifest(manifest.bytes);
  if (parts === undefined)
    throw new RegistryError(
      'invalid-response',
      `${reference.name}: ${manifest.mediaType} is not the manifest of an image`,
    );
  const { config, layers } = parts;
  const response = await session.send(
    {
      method: 'GET',
      target: `/v2/${reference.repository}/blobs/${config.digest}`,
      access: toPull(reference),
      mostBytes: mostConfigBytes,
    },
    signal,
  );
  if (response.status === 404) throw missing(reference, config.digest);
  if (!hasDigest(response.body, config.digest))
    throw new RegistryError(
      'wrong-digest',
      `the configuration of ${reference.name} has not the digest ${config.digest}`,
    );
  const parsed = parseConfig(response.body);
  if (parsed === undefined)
    throw new RegistryError(
      'invalid-response',
      `${reference.name}: ${config.mediaType} is not the configuration of an image`,
    );
  return { digest: manifest.digest, configDigest: config.digest, ...parsed, layers };
}

async function imageOf(
  session: RegistrySession,
  reference: ImageReference,
  index: Manifest,
  platform: Platform,
  signal: AbortSignal,
): Promise<Manifest> {
  const images = parseIndex(index.bytes) ?? [];
  const chosen = choosePlatform(images, platform);
  if (chosen === undefined) {
    const others = images.map((each) => platformText(each.platform)).join(', ');
    throw new RegistryError(
      'no-platform',
      `${reference.name} has no image for ${platformText(platform)}, only for ${others === '' ? 'none' : others}`,
    );
  }
  const manifest = await readManifest(session, reference, chosen.digest, signal);
  if (manifest === undefined) throw missing(reference, chosen.digest);
  return manifest;
}

async function putManifest(
  session: RegistrySession,
  reference: ImageReference,
  tag: string,
  { bytes, mediaType }: NewManifest,
  signal: AbortSignal,
): Promise<Descriptor> {
  const where = `${reference.name}:${tag}`;
  if (bytes.length > mostManifestBytes)
    throw new RegistryError('too-large', `the manifest of ${where} is larger than ${mebibytes(mostManifestBytes)}`);
  const response = await session.send(
    {
      method: 'PUT',
      target: `/v2/${reference.repository}/manifests/${tag}`,
      access: toPush(reference),
      headers: { 'content-type': mediaType, 'content-length': String(bytes.length) },
      body: () => bytes,
    },
    signal,
  );
  if (response.status === 404) throw missing(reference, tag);
  const own = isDigest(tag) ? tag : sha256Of(bytes);
  const told = headerOf(response.headers, 'docker-content-digest');
  if (told !== undefined && isDigest(told) && !hasDigest(bytes, told))
    throw new RegistryError('wrong-digest', `the registry stored ${told} as ${where} in place of ${own}`);
  return { digest: own, mediaType, size: bytes.length };
}

async function blobExists(
  session: RegistrySession,
  repository: ImageReference,
  blob: string,
  signal: AbortSignal,
): Promise<boolean> {
  const target = `/v2/${repository.repository}/blobs/${blob}`;
  const { status } = await session.send({ method: 'HEAD', target, access: toPull(repository) }, signal);
  return status === 200;
}

/** The registry's link to the next page may be relative. Its host is the registry's, whatever it says. */
function pageOf(response: ReceivedResponse, registry: string): NonNullable<PageValue> {
  const link = /<([^>]*)>\s*;\s*rel="?next"?/.exec(headerOf(response.headers, 'link') ?? '')?.[1];
  const next = link !== undefined && URL.canParse(link, response.url.href) ? new URL(link, response.url) : undefined;
  const tags = tagsIn(response.body);
  if (tags === undefined) throw new RegistryError('invalid-response', `registry ${registry} returned no list of tags`);
  return { tags, ...(next !== undefined && { next: `${next.pathname}${next.search}` }) };
}

type PageValue = Extract<Awaited<ReturnType<Registry['tags']>>, { value: unknown }>['value'];

function tagsIn(body: Buffer): readonly string[] | undefined {
  try {
    const { tags } = JSON.parse(body.toString()) as { tags?: unknown };
    // A repository without tags has `null`.
    return Array.isArray(tags) ? tags.filter((each) => typeof each === 'string') : [];
  } catch {
    return undefined;
  }
}

function missing(reference: ImageReference, tag: string): RegistryError {
  return new RegistryError(
    'not-found',
    `registry ${reference.registry} has no ${tag} in repository ${reference.repository}`,
  );
}

function mediaTypeOf({ headers }: ReceivedResponse): string | undefined {
  const value = headerOf(headers, 'content-type')?.split(';')[0]?.trim();
  // Not a type of a manifest: what servers say if they do not know.
  return value === undefined || value === '' || !value.startsWith('application/vnd.') ? undefined : value;
}
