import { splitImageName } from '../../util/image-grammar.ts';
import type { ArtifactBuild } from '../builder.ts';

/**
 * Returns the variables of a custom build command, as Skaffold documents them (skaffold.dev, "Custom Build Script"): the image,
 * whether to push it, the context, the platforms, and each required artifact under its alias.
 */
export function customVariables(build: Omit<ArtifactBuild, 'options'>): Readonly<Record<string, string>> {
  const { name, tag } = splitImageName(build.reference);
  return {
    IMAGE: build.reference,
    IMAGE_REPO: name,
    IMAGE_TAG: tag ?? '',
    PUSH_IMAGE: String(build.push !== undefined),
    BUILD_CONTEXT: build.context,
    PLATFORMS: build.platforms.join(','),
    SKIP_TEST: 'false',
    ...Object.fromEntries(build.requires.map(({ alias, reference }) => [variableName(alias), reference])),
  };
}

/** Environment variables have no other characters. */
function variableName(alias: string): string {
  return alias.replaceAll(/[^A-Za-z0-9_]/g, '_');
}
