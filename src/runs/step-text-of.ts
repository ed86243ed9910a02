import type { FrontEnd } from '../engine/front-end.ts';
import type { RunState, StepState } from '../events/run-state.ts';
import { maskText } from '../model/mask-text.ts';
import { shownSpec, shownVariables } from '../model/shown-plan.ts';
import type { StepText } from '../words/step-text.ts';

/** Replaces each secret. */
const hidden = { get: () => maskText };

/** Returns the text of a step in a log, with its variables filled in. It shows no secret. */
export function stepTextOf(
  { kinds, fill, values }: Pick<FrontEnd, 'kinds' | 'fill' | 'values'>,
  state: RunState,
  step: StepState,
): StepText {
  const iteration = state.iterations.find(({ stages }) => stages.some(({ steps }) => steps.includes(step)));
  const variables = values(shownVariables(iteration?.variables ?? []), hidden);
  return kinds.text(fill(shownSpec(step.planned.spec), variables));
}
