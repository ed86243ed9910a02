import { stepOrdinals } from '../../model/ids.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { StepContext } from '../../steps/step-kind.ts';
import type { PlannedStepOf, StepWork } from '../../steps/step-runner.ts';
import type { ContainerStepSpec, JobStepSpec } from '../plan/container-spec.ts';
import type { ArtifactSurroundings } from './hooked-artifact.ts';
import { runImages, type ImageUse } from './run-images.ts';
import type { FileVariables } from './with-env-file.ts';

/** What a container runs, as it is known when its step starts. */
export interface PreparedContainer {
  readonly image: string;
  readonly env: ReadonlyMap<string, string>;
}

/** What containers of a run use of their surroundings. */
export interface ContainerSurroundings extends Pick<ArtifactSurroundings, 'env' | 'home'> {
  /** Of `--env-file`. */
  readonly variables: FileVariables;
}

/**
 * Returns the image of a container and its variables. Those of `--env-file` win, as in Skaffold. Failures: those of `runImages`,
 * `image-unavailable`.
 */
export async function prepareContainer(
  { id, spec }: PlannedStepOf<ContainerStepSpec | JobStepSpec>,
  { resources }: Pick<StepContext, 'resources'>,
  use: ImageUse,
  around: ContainerSurroundings,
  work: StepWork,
): Promise<Outcome<PreparedContainer>> {
  const { image, env } = spec;
  const images = await runImages([image], resources.results(stepOrdinals(id).iteration), use, around, work);
  if (images.status !== 'succeeded') return images;
  const reference = images.value[0]?.reference;
  if (reference === undefined)
    return failed({ code: 'image-unavailable', image: image.reference, detail: 'no step of this run has built it' });
  const own = env.map(({ name, value }) => [name, value] as const);
  return succeeded({ image: reference, env: new Map([...own, ...around.variables]) });
}
