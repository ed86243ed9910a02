import type { BuildHooks, HookPhase, HookPlace } from '../../build/hooks/build-hooks.ts';
import { placeOf, type Span } from '../../diagnostics/source-text.ts';
import { stepId } from '../../model/ids.ts';
import type { PlannedStage } from '../../model/plan.ts';
import type { HooksStepSpec } from './artifact-spec.ts';

/** The hooks of one configuration, which run around all of its artifacts. */
export interface ConfigurationHooks {
  /** `metadata.name`. */
  readonly name?: string;
  readonly hooks: BuildHooks;
  readonly at: Span;
}

/**
 * Returns the stage that runs the hooks before or after all artifacts: one step for each configuration, one after the other.
 * @param ordinal of the stage
 * @returns `undefined` if no configuration has such hooks
 */
export function planHooks(
  configurations: readonly ConfigurationHooks[],
  phase: HookPhase,
  place: HookPlace,
  ordinal: number,
): PlannedStage | undefined {
  const having = configurations.filter(({ hooks }) => hooks[phase].length > 0);
  if (having.length === 0) return undefined;
  return {
    ordinal,
    name: `${phase}-build`,
    runsIf: 'success',
    onFailure: 'cancelSiblings',
    jobs: 1,
    steps: having.map(({ name, hooks, at }, i) => {
      const spec: HooksStepSpec = { kind: 'hooks', phase, hooks: hooks[phase], place };
      return {
        id: stepId(1, ordinal, i + 1),
        // Names of configurations are unique, but not all have one.
        name: name ?? `hooks${i === 0 ? '' : `-${i + 1}`}`,
        needs: [],
        policy: { retries: 0, allowFailure: false },
        artifacts: [],
        cache: [],
        spec,
        declaredAt: placeOf(at),
      };
    }),
  };
}
