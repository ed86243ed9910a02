import type { PlannedStage, PlannedStep } from '../../model/plan.ts';
import type { Capability, StepKinds } from '../../steps/step-kind.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { count } from '../../words/quantity.ts';

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
  const selected = stages.filter((stage) => stage.notSelected !== true);
  const building = selected.flatMap((stage) =>
    stage.steps
      .filter((step) => step.notSelected !== true && needs(step, 'images', kinds))
      .map((step) => `${stage.name}/${step.name}`),
  );
  if (building.length === 0) return undefined;
  // Only the stages of a `skaffold.yaml` have a phase. Its commands have no `--stage`.
  const isPipeline = selected.every(({ phase }) => phase === undefined);
  const named = building.slice(0, 3).join(', ') + (building.length > 3 ? ` and ${building.length - 3} more` : '');
  const { because, advice } = runtime.withoutImages ?? {
    because: `${runtime.engine} cannot build images`,
    advice: isPipeline ? 'run it with --on docker, or select other stages with --stage' : 'build with --on docker',
  };
  const [build, need] = building.length === 1 ? ['builds an image', 'needs'] : ['build images', 'need'];
  const does = runtime.withoutImages ? build : `${need} that`;
  const lacking = isPipeline ? `${named} ${build}` : `${count(building.length, 'step')} ${does}: ${named}`;
  return `${because}, but ${lacking}\n  ${advice}`;
}

/** Returns a text about containers that the host would run as processes of its own. */
export function missingContainers(
  { kind, engine }: Pick<Runtime, 'kind' | 'engine'>,
  stages: readonly PlannedStage[],
  kinds: StepKinds,
): string | undefined {
  if (kind !== 'host') return undefined;
  const needing = selectedSteps(stages).filter((step) => needs(step, 'containers', kinds));
  if (needing.length === 0) return undefined;
  return `${engine} has no containers, but ${needing.map(({ name }) => name).join(', ')} must run in one\n  run with --on docker`;
}

/** Reports whether the host has what the selected steps need. It builds no images, and has no containers. */
export function fitsHost(stages: readonly PlannedStage[], kinds: StepKinds): boolean {
  return selectedSteps(stages).every(({ spec }) => (kinds.of(spec).needs ?? []).length === 0);
}

function selectedSteps(stages: readonly PlannedStage[]): readonly PlannedStep[] {
  const selected = stages.filter((stage) => stage.notSelected !== true);
  return selected.flatMap((stage) => stage.steps.filter((step) => step.notSelected !== true));
}

function needs({ spec }: PlannedStep, capability: Capability, kinds: StepKinds): boolean {
  return kinds.of(spec).needs?.includes(capability) === true;
}
