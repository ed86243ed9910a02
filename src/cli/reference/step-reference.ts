/**
 * Resolves STEP on the command line: an id, a name unique in the run, or STAGE/NAME (docs/design/product.md, "Ids").
 */
import { visible } from '../../util/visible.ts';
import { currentIteration, type RunState, type StepState } from '../../events/run-state.ts';

export type FoundStep =
  | { readonly status: 'found'; readonly step: StepState }
  | { readonly status: 'ambiguous'; readonly candidates: readonly StepState[] }
  | { readonly status: 'none' };

/** Finds a step. If it ran in several iterations, its name means the last one. */
export function findStep(state: RunState, reference: string): FoundStep {
  const steps = [...state.steps.values()];
  const byId = steps.find((step) => step.planned.id === reference);
  if (byId !== undefined) return { status: 'found', step: byId };
  const last = currentIteration(state);
  const current = last === undefined ? [] : last.stages.flatMap((stage) => stage.steps);
  const candidates = current.filter(
    (step) => step.planned.name === reference || `${step.stage}/${step.planned.name}` === reference,
  );
  // A step may be named `a/b`, which also means step `b` of stage `a`. If both exist, the reference is ambiguous.
  if (candidates.length === 0) return { status: 'none' };
  const [only] = candidates;
  return candidates.length === 1 && only !== undefined
    ? { status: 'found', step: only }
    : { status: 'ambiguous', candidates };
}

/** Returns the containers with output that is no step's, as `logs` accepts them: `POD/CONTAINER`. */
export function containerReferences({ workloads }: Pick<RunState, 'workloads'>): readonly string[] {
  return workloads.map(({ workload, container }) => `${workload}/${container}`);
}

/** Returns the shortest reference that `findStep` resolves to this step. */
export function stepReference(state: RunState, step: StepState): string {
  for (const reference of [step.planned.name, `${step.stage}/${step.planned.name}`]) {
    // The reference is printed and typed on terminals, so skip one with invisible characters.
    if (visible(reference) !== reference) continue;
    const found = findStep(state, reference);
    if (found.status === 'found' && found.step === step) return reference;
  }
  return step.planned.id;
}
