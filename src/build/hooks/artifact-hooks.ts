import { succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { ArtifactBuild } from '../builder.ts';
import type { BuildHooks, HookSurroundings } from './build-hooks.ts';
import { artifactHookVariables } from './hook-variables.ts';
import { runHooks } from './run-hooks.ts';

/**
 * The hooks of one build of an artifact. They run once, however many images of platforms it makes, and only if it makes one: an
 * artifact whose image comes from the cache is not built (skaffold.dev, "Lifecycle Hooks"). A hook that fails fails the artifact.
 * Failures: those of `runHooks`.
 */
export interface ArtifactHooks {
  /** Runs the `before` hooks. To be called before each image that is built; only the first call runs them. */
  readonly before: (work: Work) => Promise<Outcome>;
  /** Runs the `after` hooks if the `before` hooks ran. To be called after a build that succeeded. */
  readonly after: (work: Work) => Promise<Outcome>;
  /** Reports whether something follows the build. */
  readonly hasAfter: boolean;
}

export function artifactHooks(
  build: Omit<ArtifactBuild, 'options'>,
  hooks: BuildHooks,
  around: HookSurroundings,
): ArtifactHooks {
  const variables = artifactHookVariables(build);
  let begun: Promise<Outcome> | undefined;
  return {
    before: async (work) => await (begun ??= runHooks(hooks.before, 'before', variables, around, work)),
    async after(work) {
      return begun ? await runHooks(hooks.after, 'after', variables, around, work) : succeeded(undefined);
    },
    hasAfter: hooks.after.length > 0,
  };
}
