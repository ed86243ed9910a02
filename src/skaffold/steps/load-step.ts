import { loadImages } from '../../deploy/load/load-images.ts';
import { imagesOf, type Artifact } from '../../model/artifact.ts';
import { stepOrdinals } from '../../model/ids.ts';
import type { StepContext } from '../../steps/step-kind.ts';
import type { StepRunner } from '../../steps/step-runner.ts';
import { untilStopped } from '../../steps/until-stopped.ts';
import type { LoadStepSpec, PlannedImage } from '../plan/deploy-spec.ts';
import type { ArtifactSurroundings } from './hooked-artifact.ts';
import { localReference } from './run-images.ts';
import { stepEnvironment } from './step-environment.ts';

/** Loads images that are not pushed into the cluster of the deploy. */
export function loadStep({ builds, resources }: StepContext, around: ArtifactSurroundings): StepRunner<LoadStepSpec> {
  return {
    run: async ({ id, spec: { loader, images, place } }, work) =>
      await untilStopped(work, async (using) => {
        const env = await stepEnvironment(place, around, builds.images);
        if (env.status !== 'succeeded') return { outcome: env, artifacts: [] };
        const references = imagesToLoad(images, resources.results(stepOrdinals(id).iteration));
        const outcome = await loadImages(loader, references, { folder: place.folder, env: env.value }, using);
        return { outcome, artifacts: [] };
      }),
  };
}

/**
 * Returns the references by which manifests name images that are only on this machine, each once.
 * @param made what finished steps of the run made
 */
export function imagesToLoad(planned: readonly PlannedImage[], made: readonly Artifact[]): readonly string[] {
  const built = new Map(imagesOf(made).map((image) => [image.name, image]));
  const references = planned.flatMap(({ name, reference, from }) => {
    if (from !== 'built') return [reference];
    const image = built.get(name);
    // The cluster pulls what was pushed, by its digest.
    return image && image.pushed.length === 0 ? [localReference(image, reference, 'cluster')] : [];
  });
  return [...new Set(references)];
}
