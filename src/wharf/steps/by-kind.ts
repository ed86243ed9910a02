import type { StepSpec } from '../../model/plan.ts';
import type { StepRunner } from '../../steps/step-runner.ts';

/** One runner for each kind of step; a new kind is one file and one line where the table is made. */
export type StepKinds = { readonly [Kind in StepSpec['kind']]: StepRunner<Extract<StepSpec, { kind: Kind }>> };

export function byKind(kinds: StepKinds): StepRunner {
  // The runner of a kind takes the specification of that kind, which TypeScript cannot follow through an index.
  return { run: async (step, work) => await (kinds[step.spec.kind] as StepRunner).run(step, work) };
}
