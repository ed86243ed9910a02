import { visible } from '../../util/visible.ts';
import type { RunState, StepState } from '../../events/run-state.ts';
import type { Failure } from '../../model/outcome.ts';
import { shownText } from '../../model/shown-plan.ts';

/** The failures that a missing file may cause. */
const mayLackFiles: ReadonlySet<Failure['code']> = new Set([
  'exit-nonzero',
  'file-missing',
  'build-failed',
  'artifact-missing',
]);

/** More names would hide the first ones. */
const mostNamed = 5;

/**
 * Names steps of earlier stages that were not selected, and whose artifacts are therefore missing from the step's
 * workspace.
 */
export function unselectedArtifacts(state: RunState, step: StepState): readonly string[] {
  if (step.outcome?.status !== 'failed' || !mayLackFiles.has(step.outcome.failure.code)) return [];
  const stages =
    state.iterations.find(({ stages: all }) => all.some(({ steps }) => steps.includes(step)))?.stages ?? [];
  const earlier = stages.slice(
    0,
    stages.findIndex(({ steps }) => steps.includes(step)),
  );
  const makers = earlier.flatMap((stage) =>
    stage.steps
      .filter(
        ({ planned }) =>
          planned.artifacts.length > 0 && (stage.planned.notSelected === true || planned.notSelected === true),
      )
      .map(
        ({ planned }) =>
          `${visible(stage.planned.name)}/${visible(planned.name)} (${planned.artifacts.map((glob) => visible(shownText(glob))).join(', ')})`,
      ),
  );
  if (makers.length === 0) return [];
  const more = makers.length > mostNamed ? ` and ${makers.length - mostNamed} more` : '';
  return [`artifacts of unselected steps are missing: ${makers.slice(0, mostNamed).join(', ')}${more}`];
}
