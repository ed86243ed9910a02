import { parseImageReference } from '../../registry/image-reference.ts';
import type { ArtifactBuild } from '../builder.ts';

/**
 * Returns the variables of a custom build command, as Skaffold documents them (skaffold.dev, "Custom Build Script"): the image,
 * whether to push it, the context, the platforms, and each required artifact under its alias.
 */
export function customVariables(build: Omit<ArtifactBuild, 'options'>): Readonly<Record<string, string>> {
  const { repository, tag } = splitReference(build.reference);
  return {
    IMAGE: build.reference,
    IMAGE_REPO: repository,
    IMAGE_TAG: tag,
    PUSH_IMAGE: String(build.push !== undefined),
    BUILD_CONTEXT: build.context,
    PLATFORMS: build.platforms.join(','),
    SKIP_TEST: 'false',
    ...Object.fromEntries(build.requires.map(({ alias, reference }) => [variableName(alias), reference])),
  };
}

function splitReference(reference: string): { readonly repository: string; readonly tag: string } {
  const { tag } = parseImageReference(reference);
  const text = tag ?? '';
  return { repository: text === '' ? reference : reference.slice(0, -text.length - 1), tag: text };
}

/** Environment variables have no other characters. */
function variableName(alias: string): string {
  return alias.replaceAll(/[^A-Za-z0-9_]/g, '_');
}
