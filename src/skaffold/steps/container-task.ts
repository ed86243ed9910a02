import { parseEnv } from 'node:util';
import { stepOrdinals } from '../../model/ids.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { StepContext } from '../../steps/step-kind.ts';
import type { PlannedStepOf, StepWork } from '../../steps/step-runner.ts';
import type { ContainerStepSpec, ContainerTask, JobStepSpec } from '../plan/container-spec.ts';
import type { ArtifactSurroundings } from './hooked-artifact.ts';
import { fileOf } from './read-build-secrets.ts';
import { runImages, type ImageUse } from './run-images.ts';

/** What a container runs, as it is known when its step starts. */
export interface PreparedContainer {
  readonly image: string;
  readonly env: ReadonlyMap<string, string>;
}

/**
 * Returns the image of a container and its variables. Those of `--env-file` win, as in Skaffold. Failures: `file-missing`,
 * `file-error`, `image-unavailable`.
 */
export async function prepareContainer(
  { id, spec }: PlannedStepOf<ContainerStepSpec | JobStepSpec>,
  { resources }: Pick<StepContext, 'resources'>,
  use: ImageUse,
  around: Pick<ArtifactSurroundings, 'env' | 'home'>,
  work: StepWork,
): Promise<Outcome<PreparedContainer>> {
  const { image, envFile, env } = spec;
  const images = await runImages([image], resources.results(stepOrdinals(id).iteration), use, around, work);
  if (images.status !== 'succeeded') return images;
  const reference = images.value[0]?.reference;
  if (reference === undefined)
    return failed({ code: 'image-unavailable', image: image.reference, detail: 'no step of this run has built it' });
  const variables = envFile === undefined ? succeeded<Variables>({}) : await variablesOf(envFile);
  if (variables.status !== 'succeeded') return variables;
  const own = env.map(({ name, value }) => [name, value] as const);
  return succeeded({ image: reference, env: new Map([...own, ...Object.entries(variables.value)]) });
}

type Variables = Readonly<Record<string, string>>;

async function variablesOf({ path }: NonNullable<ContainerTask['envFile']>): Promise<Outcome<Variables>> {
  const text = await fileOf(path, '--env-file');
  return text.status === 'succeeded' ? succeeded(parseEnv(text.value) as Variables) : text;
}
