import type { ImageReference } from './image-reference.ts';
import type { BlobResult, NewBlob } from './registry.ts';
import { RegistryError } from './registry-failure.ts';
import type { RegistrySession } from './registry-session.ts';
import { headerOf } from './single-exchange.ts';

const requestMs = 30_000;
/** A slower upload counts as stuck. */
const slowestBytesPerMs = 64;

/**
 * Stores a blob: mounts it from another repository, or uploads it in one request. A broken upload begins again, since
 * what the registry has of it is unknown.
 */
export async function putBlob(
  session: RegistrySession,
  repository: ImageReference,
  blob: NewBlob,
  signal: AbortSignal,
): Promise<BlobResult> {
  return await session.retried(signal, async () => {
    const location = await startUpload(session, repository, blob, signal);
    if (location === undefined) return 'mounted';
    location.searchParams.set('digest', blob.digest);
    await session.sendOnce(
      {
        method: 'PUT',
        target: location,
        access: accessTo(repository, blob),
        headers: { 'content-type': 'application/octet-stream', 'content-length': String(blob.size) },
        body: () => checkedSize(blob),
        deadlineMs: requestMs + blob.size / slowestBytesPerMs,
      },
      signal,
    );
    return 'uploaded';
  });
}

/** Returns where to upload to; `undefined` if the blob was mounted. */
async function startUpload(
  session: RegistrySession,
  repository: ImageReference,
  blob: NewBlob,
  signal: AbortSignal,
): Promise<URL | undefined> {
  const query = blob.mountFrom === undefined ? '' : `?${mountQuery(blob.digest, blob.mountFrom)}`;
  const response = await session.sendOnce(
    {
      method: 'POST',
      target: `/v2/${repository.repository}/blobs/uploads/${query}`,
      access: accessTo(repository, blob),
      headers: { 'content-length': '0' },
    },
    signal,
  );
  if (response.status === 201 && blob.mountFrom !== undefined) return undefined;
  const location = headerOf(response.headers, 'location');
  if (response.status === 202 && location !== undefined && URL.canParse(location, response.url.href))
    return new URL(location, response.url);
  if (response.status === 404)
    throw new RegistryError(
      'not-found',
      `registry ${repository.registry} has no repository ${repository.repository}, and does not create it`,
    );
  throw new RegistryError(
    'invalid-response',
    `registry ${repository.registry} did not say where to upload to (HTTP ${response.status})`,
  );
}

function mountQuery(digest: string, from: string): string {
  return new URLSearchParams({ mount: digest, from }).toString();
}

function accessTo(image: ImageReference, { mountFrom }: NewBlob) {
  const scopes = [`repository:${image.repository}:pull,push`];
  return { image, scopes: mountFrom === undefined ? scopes : [...scopes, `repository:${mountFrom}:pull`] };
}

/** Without this, a request with too few bytes would never end. */
async function* checkedSize(blob: NewBlob): AsyncGenerator<Uint8Array, void, undefined> {
  let length = 0;
  for await (const part of blob.open()) {
    length += part.length;
    if (length > blob.size) break;
    yield part;
  }
  if (length !== blob.size)
    throw new RegistryError(
      'wrong-digest',
      `the content of blob ${blob.digest} has ${length > blob.size ? 'more' : 'fewer'} than ${blob.size} bytes`,
    );
}
