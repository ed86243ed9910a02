import { splitImageName } from '../../util/image-grammar.ts';
import type { BuiltImage } from '../manifests/replace-images.ts';

/**
 * Returns what templates of values may use of the built images, as Skaffold does ("Helm", "Image configuration"): `IMAGE_REPO` of the
 * first image, `IMAGE_REPO2` of the second, and `IMAGE_REPO_my_app` of the image `my-app`; and so with all other names.
 */
export function imageVariables(images: readonly BuiltImage[]): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  images.forEach((image, index) => {
    const suffixes = [`_${image.name.replaceAll(/[^a-zA-Z0-9]/g, '_')}`, index === 0 ? '' : String(index + 1)];
    for (const [name, value] of Object.entries(variablesOf(image)))
      for (const suffix of suffixes) variables.set(`${name}${suffix}`, value);
  });
  return variables;
}

function variablesOf({ name, reference }: BuiltImage): Readonly<Record<string, string>> {
  const { name: repository, tag = '', digest = '' } = splitImageName(reference);
  // As Skaffold does, whatever the first part is.
  const slash = repository.indexOf('/');
  // Skaffold splits the whole reference here, tag or digest. Old configurations use these names.
  const colon = reference.indexOf(':');
  return {
    IMAGE_NAME: name,
    IMAGE_TAG: tag,
    IMAGE_DIGEST: digest,
    IMAGE_REPO: repository,
    IMAGE_DOMAIN: slash < 0 ? '' : repository.slice(0, slash),
    IMAGE_REPO_NO_DOMAIN: repository.slice(slash + 1),
    IMAGE_FULLY_QUALIFIED: reference,
    DIGEST: reference,
    ...(colon >= 0 && { DIGEST_ALGO: reference.slice(0, colon) }),
    DIGEST_HEX: reference.slice(colon + 1),
  };
}
