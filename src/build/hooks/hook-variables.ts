import { splitImageName } from '../../util/image-grammar.ts';
import type { ArtifactBuild } from '../builder.ts';
import type { HookPlace } from './build-hooks.ts';

/**
 * Returns the variables that every hook gets (skaffold.dev, "Lifecycle Hooks"). Slipway has no ports of an event API, so
 * `SKAFFOLD_RPC_PORT` and `SKAFFOLD_HTTP_PORT` are missing.
 */
export function hookVariables({ folder, defaultRepo, multiLevelRepo }: HookPlace): Readonly<Record<string, string>> {
  return {
    SKAFFOLD_WORK_DIR: folder,
    ...(defaultRepo !== undefined && { SKAFFOLD_DEFAULT_REPO: defaultRepo }),
    ...(multiLevelRepo !== undefined && { SKAFFOLD_MULTI_LEVEL_REPO: String(multiLevelRepo) }),
  };
}

/** Returns the further variables of the hooks of an artifact (skaffold.dev, "Lifecycle Hooks"). */
export function artifactHookVariables({
  reference,
  context,
  push,
}: Omit<ArtifactBuild, 'options'>): Readonly<Record<string, string>> {
  const { name, tag } = splitImageName(reference);
  return {
    SKAFFOLD_IMAGE: reference,
    SKAFFOLD_PUSH_IMAGE: String(push !== undefined),
    SKAFFOLD_IMAGE_REPO: name,
    SKAFFOLD_IMAGE_TAG: tag ?? '',
    SKAFFOLD_BUILD_CONTEXT: context,
  };
}
