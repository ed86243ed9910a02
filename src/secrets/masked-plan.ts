import type { PlannedStage, PlannedStep, StepSpec } from '../model/plan.ts';
import { changeTexts } from '../model/spec-texts.ts';
import type { StoredStage } from '../model/stored-plan.ts';
import type { Mask } from './mask.ts';
import { maskedPlace } from './masked-diagnostics.ts';

/** Returns a stored plan with masked frames. Frames are only for people. */
export function maskedFrames(mask: Mask, stages: readonly StoredStage[]): readonly StoredStage[] {
  return stages.map((stage) =>
    withMaskedFrame(mask, { ...stage, steps: stage.steps.map((step) => withMaskedFrame(mask, step)) }),
  );
}

function withMaskedFrame<Declared extends Pick<PlannedStep, 'declaredAt'>>(mask: Mask, declared: Declared): Declared {
  return declared.declaredAt === undefined
    ? declared
    : { ...declared, declaredAt: maskedPlace(mask, declared.declaredAt) };
}

/** Returns the stages for people. Must not be run. */
export function maskedStages(mask: Mask, stages: readonly PlannedStage[]): readonly PlannedStage[] {
  if (!mask.active) return stages;
  const hidden = (text: string) => mask.text(text);
  return stages.map((stage) =>
    withMaskedFrame(mask, {
      ...stage,
      steps: stage.steps.map((step) =>
        withMaskedFrame(mask, {
          ...step,
          artifacts: step.artifacts.map(hidden),
          cache: step.cache.map(hidden),
          spec: changeTexts(step.spec, {
            text: (text) => (typeof text === 'string' ? hidden(text) : text),
          }) as StepSpec,
        }),
      ),
    }),
  );
}
