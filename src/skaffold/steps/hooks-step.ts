import { runHooks } from '../../build/hooks/run-hooks.ts';
import type { StepContext } from '../../steps/step-kind.ts';
import { endedBy, type StepRunner } from '../../steps/step-runner.ts';
import type { HooksStepSpec } from '../plan/artifact-spec.ts';
import type { ArtifactSurroundings } from './hooked-artifact.ts';
import { stepEnvironment } from './step-environment.ts';

/** Runs the hooks before or after all artifacts of a configuration. */
export function hooksStep({ runtime }: StepContext, around: ArtifactSurroundings): StepRunner<HooksStepSpec> {
  return {
    async run({ spec: { hooks, phase, place } }, work) {
      const env = await stepEnvironment(place, around, runtime.images);
      if (env.status !== 'succeeded') return { outcome: env, artifacts: [] };
      const untilAtOnce = { ...work, signal: AbortSignal.any([work.signal, work.atOnce]) };
      const { platform } = around;
      const outcome = await runHooks(hooks, phase, {}, { ...place, platform, env: env.value }, untilAtOnce);
      if (outcome.status !== 'cancelled') return { outcome, artifacts: [] };
      return { outcome: endedBy(work.signal.aborted ? work.signal : work.atOnce), artifacts: [] };
    },
  };
}
