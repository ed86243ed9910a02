import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import { parseImageReference } from '../../registry/image-reference.ts';
import { splitImageName } from '../../util/image-grammar.ts';
import { choosePlatform, platformText, type Platform } from '../../registry/platform.ts';
import type { Answer, IndexEntry, Registry } from '../../registry/registry.ts';
import type { PlatformImage } from './multi-platform-builder.ts';

/**
 * Stores an index of images that the repository has, and returns its digest. Failures: `build-failed` (an image is for another
 * platform, as its base image is), `push-failed`. Throws only the reason of the signal.
 */
export async function pushIndex(
  registry: Pick<Registry, 'digest' | 'image' | 'putIndex'>,
  reference: string,
  images: readonly PlatformImage[],
  signal: AbortSignal,
): Promise<Outcome<string>> {
  const entries: IndexEntry[] = [];
  for (const image of images) {
    const entry = await entryOf(registry, image, signal);
    if (entry.status !== 'succeeded') return entry;
    entries.push(entry.value);
  }
  const stored = await registry.putIndex(parseImageReference(reference), { images: entries }, signal);
  return 'failure' in stored ? refused(reference, stored.failure.message) : succeeded(stored.value.digest);
}

async function entryOf(
  registry: Pick<Registry, 'digest' | 'image'>,
  { platform, reference, digest }: PlatformImage,
  signal: AbortSignal,
): Promise<Outcome<IndexEntry>> {
  const at = (of: string) => parseImageReference(`${splitImageName(reference).name}@${of}`);
  const wanted = platformOf(platform);
  // What an engine has pushed may be an index itself, with the image and its attestations.
  const image = found(await registry.image(at(digest), wanted, signal), reference);
  if (image.status !== 'succeeded') return image;
  if (choosePlatform([image.value], wanted) === undefined)
    return failed({
      code: 'build-failed',
      detail: `${reference} is for ${platformText(image.value.platform)}, not for ${platform}: use a base image for ${platform}`,
    });
  const descriptor = found(await registry.digest(at(image.value.digest), signal), reference);
  return descriptor.status === 'succeeded' ? succeeded({ ...descriptor.value, platform: wanted }) : descriptor;
}

function found<T>(answer: Answer<T | undefined>, reference: string): Outcome<T> {
  if ('failure' in answer) return refused(reference, answer.failure.message);
  return answer.value === undefined
    ? refused(reference, 'the registry does not have the image that was pushed')
    : succeeded(answer.value);
}

function refused(image: string, detail: string): Outcome<never> {
  return failed({ code: 'push-failed', image, detail });
}

function platformOf(text: string): Platform {
  const [os = '', architecture = '', variant] = text.split('/');
  return { os, architecture, ...(variant !== undefined && { variant }) };
}
