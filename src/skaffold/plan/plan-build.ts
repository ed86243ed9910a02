import { placeOf } from '../../diagnostics/source-text.ts';
import { stepId } from '../../model/ids.ts';
import type { PlannedStage } from '../../model/plan.ts';
import type { RequiredImage } from '../../build/builder.ts';
import type { ArtifactBuilder, ArtifactStepSpec, ClusterBuild } from './artifact-spec.ts';
import type { BuildPlan } from './build-plan.ts';
import { joinedTemplates } from './cluster-section.ts';
import { buildsSeveralPlatforms } from './platform-decision.ts';
import type { Artifact } from './read-artifacts.ts';

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
        writtenAt: Object.fromEntries(
          Object.entries(artifact.writtenAt).map(([field, span]) => {
            const { file, line, column } = placeOf(span);
            return [field, { file, line, column }];
          }),
        ),
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
