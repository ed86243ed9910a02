import { imagesOf, type Artifact, type ImageArtifact } from '../../model/artifact.ts';
import { cancelledBy, failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import { parseImageReference } from '../../registry/image-reference.ts';
import { splitImageName } from '../../util/image-grammar.ts';
import type { PlannedImage } from '../plan/deploy-spec.ts';
import { artifactRegistry } from './artifact-registry.ts';
import type { ArtifactSurroundings } from './hooked-artifact.ts';

/** An image as manifests get it. */
export interface DeployedImage {
  /** Its name in the configuration, which manifests name. */
  readonly name: string;
  readonly reference: string;
  /** `PlannedImage.platforms`. */
  readonly platforms?: readonly string[];
}

/** Where the manifests go decides how they name images. */
export interface ImageUse {
  /** `engine`: the engine that has the image. Its id is a name that never means another image. */
  readonly by: 'cluster' | 'engine';
}

/**
 * Returns the images of a deploy. A pushed image has its tag and digest, so the objects change whenever the image does. Failures:
 * `image-unavailable` if a registry does not have an image.
 * @param made what finished steps of the run made
 */
export async function runImages(
  planned: readonly PlannedImage[],
  made: readonly Artifact[],
  { by }: ImageUse,
  around: Pick<ArtifactSurroundings, 'env' | 'home'>,
  work: Pick<Work, 'signal' | 'clock'>,
): Promise<Outcome<readonly DeployedImage[]>> {
  const built = new Map(
    imagesOf(made).flatMap((image) => (image.name === undefined ? [] : [[image.name, image] as const])),
  );
  const images: DeployedImage[] = [];
  for (const { name, reference, from, insecure, platforms } of planned) {
    const named = { name, ...(platforms && by === 'cluster' && { platforms }) };
    if (from === 'given') images.push({ ...named, reference });
    if (from === 'remote') {
      const found = await remoteImage(reference, insecure, around, work);
      if (found.status !== 'succeeded') return found;
      images.push({ ...named, reference: found.value });
    }
    const image = from === 'built' ? built.get(name) : undefined;
    if (image) images.push({ ...named, reference: pushedReference(image) ?? localReference(image, reference, by) });
  }
  return succeeded(images);
}

function pushedReference({ pushed: [pushed] }: ImageArtifact): string | undefined {
  return pushed && withDigest(pushed.reference, pushed.digest);
}

/** Returns what manifests call an image that was not pushed. @param planned the reference that it was to get */
export function localReference(
  { id, references }: Pick<ImageArtifact, 'id' | 'references'>,
  planned: string,
  by: ImageUse['by'],
): string {
  return by === 'engine' && id !== '' ? id : (references[0] ?? planned);
}

/** Returns `NAME:TAG@DIGEST`. */
export function withDigest(reference: string, digest: string): string {
  const { name, tag } = splitImageName(reference);
  return `${name}${tag === undefined ? '' : `:${tag}`}@${digest}`;
}

async function remoteImage(
  written: string,
  insecure: boolean,
  around: Pick<ArtifactSurroundings, 'env' | 'home'>,
  { signal, clock }: Pick<Work, 'signal' | 'clock'>,
): Promise<Outcome<string>> {
  const reference = parseImageReference(written);
  using registry = artifactRegistry(around, reference, { insecure }, { clock });
  try {
    const found = await registry.digest(reference, signal);
    const missing = (detail: string) => failed({ code: 'image-unavailable', image: written, detail });
    if ('failure' in found) return missing(found.failure.message);
    if (found.value === undefined)
      return missing('the registry does not have it: push it, or render with --digest-source tag');
    return succeeded(withDigest(written, found.value.digest));
  } catch (error) {
    if (signal.aborted) return cancelledBy(signal);
    throw error;
  }
}
