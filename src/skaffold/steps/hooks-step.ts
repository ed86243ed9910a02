import { runHooks } from '../../build/hooks/run-hooks.ts';
import type { StepContext } from '../../steps/step-kind.ts';
import type { StepRunner } from '../../steps/step-runner.ts';
import { untilStopped } from '../../steps/until-stopped.ts';
import type { HooksStepSpec } from '../plan/artifact-spec.ts';
import type { ArtifactSurroundings } from './hooked-artifact.ts';
import { stepEnvironment } from './step-environment.ts';

/** Runs the hooks before or after all artifacts of a configuration. */
export function hooksStep({ runtime }: StepContext, around: ArtifactSurroundings): StepRunner<HooksStepSpec> {
  return {
    run: async ({ spec: { hooks, phase, place } }, work) =>
      await untilStopped(work, async (using) => {
        const env = await stepEnvironment(place, around, runtime.images);
        if (env.status !== 'succeeded') return { outcome: env, artifacts: [] };
        const { platform } = around;
        const outcome = await runHooks(hooks, phase, {}, { ...place, platform, env: env.value }, using);
        return { outcome, artifacts: [] };
      }),
  };
}
