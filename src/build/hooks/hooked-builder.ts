import type { Builder } from '../builder.ts';
import type { BuildHooks, HookSurroundings } from './build-hooks.ts';
import { artifactHookVariables } from './hook-variables.ts';
import { runHooks } from './run-hooks.ts';

/**
 * Runs hooks before and after each build of an artifact. A hook that fails fails the artifact, and what would follow does not
 * run: no build after a failed `before`, no `after` after a failed build. An artifact whose image comes from the cache is not
 * built, so its hooks do not run (skaffold.dev, "Lifecycle Hooks").
 */
export function hookedBuilder<Options>(
  inner: Builder<Options>,
  hooks: BuildHooks,
  around: HookSurroundings,
): Builder<Options> {
  return {
    async build(build, work) {
      const variables = artifactHookVariables(build);
      const before = await runHooks(hooks.before, 'before', variables, around, work);
      if (before.status !== 'succeeded') return before;
      const built = await inner.build(build, work);
      if (built.status !== 'succeeded') return built;
      const after = await runHooks(hooks.after, 'after', variables, around, work);
      return after.status === 'succeeded' ? built : after;
    },
    ...(inner.inputs && { inputs: inner.inputs.bind(inner) }),
  };
}
