import type { PlannedStage, PlannedStep } from '../../model/plan.ts';
import type { StepKinds } from '../../steps/step-kind.ts';
import type { Runtime } from '../../runtime/runtime.ts';

/**
 * Returns a text about what the selected steps need and this runtime lacks. The check happens before the first stage,
 * not in the middle of a run.
 */
export function missingCapabilities(
  runtime: Pick<Runtime, 'kind' | 'engine' | 'images' | 'withoutImages'>,
  stages: readonly PlannedStage[],
  kinds: StepKinds,
): string | undefined {
  if (runtime.images !== undefined) return undefined;
  const building = stages
    .filter((stage) => stage.notSelected !== true)
    .flatMap((stage) =>
      stage.steps
        .filter((step) => step.notSelected !== true && needsImages(step, kinds))
        .map((step) => `${stage.name}/${step.name}`),
    );
  if (building.length === 0) return undefined;
  const named = building.slice(0, 3).join(', ') + (building.length > 3 ? ` and ${building.length - 3} more` : '');
  const steps = building.length === 1 ? 'does' : 'do';
  if (runtime.withoutImages !== undefined)
    return `${runtime.withoutImages.because}, and ${named} ${steps} build one\n  ${runtime.withoutImages.advice}`;
  if (runtime.kind === 'kubernetes')
    return `nothing is set to build images on ${runtime.engine}, and ${named} ${steps}\n  name a builder in \`kubernetes.builder\` of the operator's file, or run it with --on docker`;
  return `${runtime.engine} builds no images, and ${named} ${steps}\n  run it with --on docker, or the other stages with --stage`;
}

function needsImages({ spec }: PlannedStep, kinds: StepKinds): boolean {
  return kinds.of(spec).needs?.includes('images') === true;
}
