import { imagesOf, type CacheResult, type ImageArtifact } from '../model/artifact.ts';
import { standingOf, stepsOfPhase, type StepStanding } from './phase-steps.ts';
import type { RunState } from './run-state.ts';

/** How the build of one artifact ended, or where it stands. */
export interface BuildResult extends StepStanding {
  /** The name of the image in the configuration. */
  readonly image: string;
  /** The image that was built, with its tag. Only if it succeeded, like the next two. */
  readonly reference?: string;
  /** `sha256:…` of the image's configuration. */
  readonly id?: string;
  /** The digest of the manifest in the registry, if the image was pushed. */
  readonly digest?: string;
  /** Whether the artifact cache had the image, or why it did not. */
  readonly cache?: CacheResult;
}

/**
 * Returns a result for every artifact of a build, in the order of the configuration, also for those that never started. It is
 * true at every moment of the run.
 */
export function buildResults(state: RunState): readonly BuildResult[] {
  return stepsOfPhase(state, 'build').map((step): BuildResult => {
    const [made] = imagesOf(step.artifacts);
    const { status, ...why } = standingOf(step);
    return { image: step.planned.name, status, ...(made && status === 'succeeded' && resultOf(made)), ...why };
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
