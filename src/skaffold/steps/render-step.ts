import { writeFile } from 'node:fs/promises';
import { printManifests } from '../../deploy/manifests/print-manifests.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { StepRunner } from '../../steps/step-runner.ts';
import { untilStopped } from '../../steps/until-stopped.ts';
import { toFileError } from '../../util/file-error.ts';
import type { RenderStepSpec } from '../plan/deploy-spec.ts';
import type { RenderedConfigurations, RunManifests } from './run-manifests.ts';

/** Makes the manifests of a run, and writes them to a file if the plan says so. */
export function renderStep(manifests: RunManifests): StepRunner<RenderStepSpec> {
  return {
    run: async (step, work) =>
      await untilStopped(work, async (using) => {
        const rendered = await manifests.render(step, using);
        const outcome = rendered.status === 'succeeded' ? await written(rendered.value, step.spec) : rendered;
        return { outcome, artifacts: [] };
      }),
  };
}

async function written(rendered: RenderedConfigurations, { output, format }: RenderStepSpec): Promise<Outcome> {
  if (output === undefined) return succeeded(undefined);
  const objects = [...rendered.values()].flat().map(({ object }) => object);
  try {
    await writeFile(output, format === 'json' ? JSON.stringify(objects) : printManifests(objects));
    return succeeded(undefined);
  } catch (error) {
    const refused = toFileError(error);
    if (refused === undefined) throw error;
    return failed({ code: 'file-error', detail: refused.message });
  }
}
