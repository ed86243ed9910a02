import type { PlannedStage, PlannedStep } from '../../model/plan.ts';
import type { StepKinds } from '../../steps/step-kind.ts';
import type { Runtime } from '../../runtime/runtime.ts';

/**
 * Returns a text about what the selected steps need and this runtime lacks. The check happens before the first stage,
 * not in the middle of a run.
 */
export function missingCapabilities(
  runtime: Pick<Runtime, 'engine' | 'images' | 'withoutImages'>,
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
  const build = building.length === 1 ? 'builds an image' : 'build images';
  const { because, advice } = runtime.withoutImages ?? {
    because: `${runtime.engine} cannot build images`,
    advice: 'run it with --on docker, or select other stages with --stage',
  };
  return `${because}, but ${named} ${build}\n  ${advice}`;
}

function needsImages({ spec }: PlannedStep, kinds: StepKinds): boolean {
  return kinds.of(spec).needs?.includes('images') === true;
}
