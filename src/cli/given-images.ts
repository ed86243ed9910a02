import type { GivenImage } from '../model/given-image.ts';
import { isImageReference } from '../util/image-grammar.ts';
import { quoted } from '../util/visible.ts';
import { readFlagFile } from './read-flag-file.ts';
import { UsageError } from './usage-error.ts';

/** Collects the values of `--images`, each of which may be a list with commas. */
export function collectImages(text: string, before: readonly GivenImage[] = []): GivenImage[] {
  return [...before, ...imagesIn(text)];
}

/** Parses `NAME=REFERENCE` or a reference, several separated by commas. */
export function imagesIn(text: string): GivenImage[] {
  return text
    .split(',')
    .filter((word) => word !== '')
    .map((word) => {
      const equals = word.indexOf('=');
      const [name, reference] = [word.slice(0, Math.max(equals, 0)), word.slice(equals + 1)];
      if (equals === 0 || reference === '')
        throw new UsageError(`--images ${word}: must be NAME=REFERENCE or a reference`);
      if (!isImageReference(reference))
        throw new UsageError(`--images ${word}: ${quoted(reference)} is not the name of an image`);
      return { ...(equals >= 0 && { name }), reference, testMustName: true };
    });
}

/** Reads the file that `build --file-output` writes. */
export async function readBuildArtifacts(path: string): Promise<GivenImage[]> {
  const help = ['write one with `slipway build --file-output FILE`'];
  const text = await readFlagFile(path, '--build-artifacts', { orPipe: true, hints: help });
  const images = buildsIn(text);
  for (const { reference } of images ?? [])
    if (!isImageReference(reference))
      throw new UsageError(`--build-artifacts ${quoted(path)}: ${quoted(reference)} is not the name of an image`, help);
  if (images) return images;
  throw new UsageError(`--build-artifacts ${quoted(path)}: not a list of built images`, help);
}

function buildsIn(text: string): GivenImage[] | undefined {
  try {
    const { builds } = JSON.parse(text) as { readonly builds?: unknown };
    if (!Array.isArray(builds)) return undefined;
    const images = builds.map((build: { readonly imageName?: unknown; readonly tag?: unknown } | null) => ({
      name: build?.imageName,
      reference: build?.tag,
    }));
    const isImage = (image: (typeof images)[number]): image is Required<GivenImage> =>
      typeof image.name === 'string' && typeof image.reference === 'string';
    return images.every(isImage) ? images : undefined;
  } catch {
    return undefined;
  }
}
