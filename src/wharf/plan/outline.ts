import type { PipelineFiles } from './locate-pipeline.ts';
import { readDefinition } from './read-definition.ts';

/** What the parts of a pipeline are called. */
export interface Outline {
  readonly stages: readonly { readonly name: string; readonly steps: readonly string[] }[];
  readonly environments: readonly string[];
  readonly inputs: readonly { readonly name: string; readonly type: string; readonly values: readonly string[] }[];
}

/**
 * `undefined` where the file is not there, or is wrong. Variables need not be right, as whoever asks is still typing.
 */
export async function readOutline(path: string, files: PipelineFiles): Promise<Outline | undefined> {
  const { definition } = await readDefinition(path, files);
  return (
    definition && {
      stages: definition.stages.map(({ name, steps }) => ({ name, steps: steps.map((step) => step.name) })),
      environments: definition.environments.map(({ name }) => name),
      inputs: definition.inputs.map(({ name, type, values }) => ({ name, type, values })),
    }
  );
}
