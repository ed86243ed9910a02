import { placeOf } from '../../diagnostics/source-text.ts';
import type { HookPlace } from '../../build/hooks/build-hooks.ts';
import { stepId } from '../../model/ids.ts';
import type { PlannedStage } from '../../model/plan.ts';
import type { RequiredImage } from '../../build/builder.ts';
import type { ArtifactBuilder, ArtifactStepSpec, ClusterBuild } from './artifact-spec.ts';
import { joinedTemplates } from './cluster-section.ts';
import { buildsSeveralPlatforms } from './platform-decision.ts';
import type { Artifact } from './read-artifacts.ts';

/** What a build is to do with its images. */
export interface BuildPlan {
  /** The image of each artifact with its tag, by its name in the configuration. */
  readonly references: ReadonlyMap<string, string>;
  /** Reports whether an artifact's image is pushed. */
  readonly push: (artifact: Artifact) => boolean;
  /** Reports whether the registry of an image may use plain HTTP. */
  readonly insecure: (artifact: Artifact) => boolean;
  /** Returns the platforms that an artifact is built for. */
  readonly platforms: (artifact: Artifact) => readonly string[];
  /** Reports whether an artifact is built in a pod. */
  readonly inCluster: (artifact: Artifact) => boolean;
  /** The kube context of the build, for custom commands of a configuration that builds in a cluster. */
  readonly kubeContext?: string;
  /** How many artifacts are built at once. 0: all. */
  readonly concurrency: number;
  readonly failFast: boolean;
  /** Whether images are taken from the artifact cache. */
  readonly cache: boolean;
  /** A folder with entries of the cache that several machines share. Absolute. */
  readonly sharedCache?: string;
  /** Reports whether an image that has the reference of an artifact is used if the cache has none. */
  readonly importMissing?: (artifact: Artifact) => boolean;
  readonly place: HookPlace;
}

/**
 * Returns the stage that builds artifacts: one step each, which needs the steps of the artifacts that it requires.
 * @param ordinal of the stage
 */
export function planBuild(artifacts: readonly Artifact[], plan: BuildPlan, ordinal = 1): PlannedStage {
  const ids = new Map(artifacts.map(({ image }, i) => [image, stepId(1, ordinal, i + 1)]));
  const byImage = new Map(artifacts.map((artifact) => [artifact.image, artifact]));
  const withPlatforms = (required: Artifact | undefined): Pick<RequiredImage, 'platforms'> => {
    const platforms = required === undefined ? [] : plan.platforms(required);
    return required && platforms.length > 1 && !buildsSeveralPlatforms(required.builder.type) ? { platforms } : {};
  };
  const referenceOf = (image: string) => plan.references.get(image) ?? image;
  return {
    ordinal,
    name: 'build',
    runsIf: 'success',
    onFailure: plan.failFast ? 'cancelSiblings' : 'continue',
    phase: 'build',
    jobs: plan.concurrency,
    steps: artifacts.map((artifact) => {
      const { image, at, context, requires, cluster, hooks } = artifact;
      const builder = withClusterVariables(artifact, plan.kubeContext);
      const spec: ArtifactStepSpec = {
        kind: 'artifact',
        image,
        reference: referenceOf(image),
        context,
        requires: requires.map(({ alias, image: required }) => ({
          ...{ alias, reference: referenceOf(required) },
          ...withPlatforms(byImage.get(required)),
        })),
        platforms: plan.platforms(artifact),
        push: plan.push(artifact),
        insecure: plan.insecure(artifact),
        cache: plan.cache,
        ...(plan.sharedCache !== undefined && { sharedCache: plan.sharedCache }),
        ...(plan.importMissing?.(artifact) && { importMissing: true as const }),
        builder,
        ...(plan.inCluster(artifact) && { cluster: clusterBuild(artifact) }),
        ...(hooks && { hooks }),
        place: plan.place,
      };
      return {
        id: ids.get(image) ?? stepId(1, ordinal, 1),
        name: image,
        needs: requires.flatMap((required) => ids.get(required.image) ?? []),
        policy: {
          retries: 0,
          allowFailure: false,
          ...(cluster?.timeoutMs !== undefined && { timeoutMs: cluster.timeoutMs }),
        },
        artifacts: [],
        cache: [],
        spec,
        declaredAt: placeOf(at),
      };
    }),
  };
}

function clusterBuild({ builder, cluster }: Artifact): ClusterBuild {
  const pod = builder.type === 'kaniko' ? builder.pod : {};
  const template = cluster ? joinedTemplates(cluster.template, pod.template ?? {}) : pod.template;
  return {
    pod: { ...pod, ...(template && { template }) },
    ...(cluster?.dockerConfig !== undefined && { dockerConfig: cluster.dockerConfig }),
  };
}

/** A custom command of a configuration that builds in a cluster gets what it needs to reach that cluster. */
function withClusterVariables({ builder, cluster }: Artifact, kubeContext: string | undefined): ArtifactBuilder {
  if (builder.type !== 'custom' || !cluster) return builder;
  const context = kubeContext === undefined ? {} : { KUBECONTEXT: kubeContext };
  return { ...builder, variables: { ...context, ...cluster.variables } };
}

/**
 * Returns how many artifacts are built at once: what the command line says, else the smallest limit of the configurations. 0: no
 * limit.
 */
export function concurrencyOf(flag: number | undefined, limits: readonly number[]): number {
  if (flag !== undefined) return flag;
  const real = limits.filter((limit) => limit > 0);
  return real.length === 0 ? 0 : Math.min(...real);
}
