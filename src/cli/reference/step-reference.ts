/** STEP on the command line: an id, a name unique in the run, or STAGE/NAME (docs/design/product.md, "Ids"). */
import { visible } from '../../util/visible.ts';
import { currentIteration, type RunState, type StepState } from '../../events/run-state.ts';

export type FoundStep =
  | { readonly status: 'found'; readonly step: StepState }
  | { readonly status: 'ambiguous'; readonly candidates: readonly StepState[] }
  | { readonly status: 'none' };

/** Where a step ran in several iterations, its name means the last of them. */
export function findStep(state: RunState, reference: string): FoundStep {
  const steps = [...state.steps.values()];
  const byId = steps.find((step) => step.planned.id === reference);
  if (byId !== undefined) return { status: 'found', step: byId };
  const last = currentIteration(state);
  const current = last === undefined ? [] : last.stages.flatMap((stage) => stage.steps);
  const candidates = current.filter(
    (step) => step.planned.name === reference || `${step.stage}/${step.planned.name}` === reference,
  );
  // A step may be called `a/b`, and be meant before the step `b` of the stage `a`; both together are ambiguous.
  if (candidates.length === 0) return { status: 'none' };
  const [only] = candidates;
  return candidates.length === 1 && only !== undefined
    ? { status: 'found', step: only }
    : { status: 'ambiguous', candidates };
}

/** The shortest reference that `findStep` takes back to the same step. */
export function stepReference(state: RunState, step: StepState): string {
  for (const reference of [step.planned.name, `${step.stage}/${step.planned.name}`]) {
    // It is shown on terminals and typed there.
    if (visible(reference) !== reference) continue;
    const found = findStep(state, reference);
    if (found.status === 'found' && found.step === step) return reference;
  }
  return step.planned.id;
}
