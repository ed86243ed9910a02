import { writeFile } from 'node:fs/promises';
import { printManifests } from '../../deploy/manifests/print-manifests.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import { endedBy, type StepRunner, type StepWork } from '../../steps/step-runner.ts';
import { toFileError } from '../../util/file-error.ts';
import type { RenderStepSpec } from '../plan/deploy-spec.ts';
import type { RenderedConfigurations, RunManifests } from './run-manifests.ts';

/** Makes the manifests of a run, and writes them to a file if the plan says so. */
export function renderStep(manifests: RunManifests): StepRunner<RenderStepSpec> {
  return {
    async run(step, work) {
      if (work.signal.aborted) return { outcome: endedBy(work.signal), artifacts: [] };
      const untilAtOnce: StepWork = { ...work, signal: AbortSignal.any([work.signal, work.atOnce]) };
      const rendered = await manifests.render(step, untilAtOnce);
      const outcome = rendered.status === 'succeeded' ? await written(rendered.value, step.spec) : rendered;
      if (outcome.status !== 'cancelled') return { outcome, artifacts: [] };
      return { outcome: endedBy(work.signal.aborted ? work.signal : work.atOnce), artifacts: [] };
    },
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
