import { imagesOf, type CacheResult, type ImageArtifact } from '../model/artifact.ts';
import type { CancelReason, Failure, SkipReason } from '../model/outcome.ts';
import { currentIteration, type RunState, type StepState } from './run-state.ts';

/** How the build of one artifact ended, or where it stands. */
export interface BuildResult {
  /** The name of the image in the configuration. */
  readonly image: string;
  readonly status: StepState['status'];
  /** The image that was built, with its tag. Only if it succeeded, like the next two. */
  readonly reference?: string;
  /** `sha256:…` of the image's configuration. */
  readonly id?: string;
  /** The digest of the manifest in the registry, if the image was pushed. */
  readonly digest?: string;
  /** Whether the artifact cache had the image, or why it did not. */
  readonly cache?: CacheResult;
  readonly failure?: Failure;
  /** Why it was cancelled or skipped. */
  readonly because?: CancelReason | SkipReason;
}

/**
 * Returns a result for every artifact of a build, in the order of the configuration, also for those that never started. It is
 * true at every moment of the run.
 */
export function buildResults(state: RunState): readonly BuildResult[] {
  const stages = currentIteration(state)?.stages ?? [];
  return stages
    .filter(({ planned }) => planned.phase === 'build')
    .flatMap(({ steps }) => steps)
    .map((step): BuildResult => {
      const [made] = imagesOf(step.artifacts);
      const { outcome } = step;
      return {
        image: step.planned.name,
        status: step.status,
        ...(made && step.status === 'succeeded' && resultOf(made)),
        ...(outcome?.status === 'failed' && { failure: outcome.failure }),
        ...((outcome?.status === 'cancelled' || outcome?.status === 'skipped') && { because: outcome.because }),
      };
    });
}

function resultOf({ references: [reference = ''], id, pushed: [pushed], cache }: ImageArtifact) {
  return { reference, id, ...(pushed && { digest: pushed.digest }), ...(cache && { cache }) };
}

/** The form in which Skaffold hands built images from `build --file-output` to `deploy --build-artifacts`. */
export interface SkaffoldBuilds {
  readonly builds: readonly { readonly imageName: string; readonly tag: string }[];
}

/** Returns the images that were built. A pushed image has its digest, so that nothing else can be deployed in its place. */
export function skaffoldBuilds(results: readonly BuildResult[]): SkaffoldBuilds {
  return {
    builds: results.flatMap(({ image, reference, digest }) =>
      reference === undefined
        ? []
        : [{ imageName: image, tag: digest === undefined ? reference : `${reference}@${digest}` }],
    ),
  };
}
