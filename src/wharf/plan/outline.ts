import type { SourceFiles } from '../../util/source-files.ts';
import { readDefinition } from './read-definition.ts';

/** The names in a pipeline. */
export interface Outline {
  readonly stages: readonly { readonly name: string; readonly steps: readonly string[] }[];
  readonly environments: readonly string[];
  readonly inputs: readonly { readonly name: string; readonly type: string; readonly values: readonly string[] }[];
}

/**
 * Returns `undefined` if the file is missing or invalid. Variables need not be valid, because the user is still typing.
 */
export async function readOutline(path: string, files: SourceFiles): Promise<Outline | undefined> {
  const { definition } = await readDefinition(path, files);
  return (
    definition && {
      stages: definition.stages.map(({ name, steps }) => ({ name, steps: steps.map((step) => step.name) })),
      environments: definition.environments.map(({ name }) => name),
      inputs: definition.inputs.map(({ name, type, values }) => ({ name, type, values })),
    }
  );
}
