import type { HookPhase } from '../../build/hooks/build-hooks.ts';
import { clusterHookContainers } from '../../deploy/hooks/cluster-hook-containers.ts';
import type { HookContainers } from '../../deploy/hooks/container-hook.ts';
import { isOfRelease, isOfSet } from '../../deploy/hooks/deploy-marks.ts';
import { localHookContainers } from '../../deploy/hooks/local-hook-containers.ts';
import type { DeployedObject } from '../../model/artifact.ts';
import { succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { StepContext } from '../../steps/step-kind.ts';
import type { DeployStepSpec } from '../plan/deploy-spec.ts';
import { deployHookVariables } from './deploy-hook-variables.ts';
import type { ArtifactSurroundings } from './hooked-artifact.ts';
import { runDeployHooks } from './run-deploy-hooks.ts';
import type { RunManifests } from './run-manifests.ts';
import { stepEnvironment } from './step-environment.ts';

/** What hooks of a deploy depend on. */
export interface DeployHookContext {
  readonly context: Pick<StepContext, 'deploys' | 'identity'>;
  readonly manifests: RunManifests;
  readonly around: ArtifactSurroundings;
}

/**
 * Runs the hooks before or after a deploy. Failures: those of `runDeployHooks` and `stepEnvironment`.
 * @param deployed the objects of the deploy. Before it: none
 */
export async function deployHooks(
  spec: DeployStepSpec,
  phase: HookPhase,
  deployed: readonly DeployedObject[],
  { context: { deploys, identity }, manifests, around }: DeployHookContext,
  work: Work,
): Promise<Outcome> {
  const hooks = spec.hooks?.[phase] ?? [];
  if (hooks.length === 0) return succeeded(undefined);
  const env = await stepEnvironment(spec.place, around, undefined);
  if (env.status !== 'succeeded') return env;
  const standard = spec.namespace ?? deploys.cluster?.namespace ?? '';
  const planned = phase === 'before' ? await plannedNamespaces(spec, manifests, work) : succeeded([]);
  if (planned.status !== 'succeeded') return planned;
  const namespaces = [
    ...new Set([
      ...[standard, ...planned.value],
      ...releasesOf(spec, standard).map(({ namespace }) => namespace),
      ...deployed.flatMap(({ change, namespace }) => (change === 'removed' ? [] : (namespace ?? []))),
    ]),
  ].sort();
  const { cluster } = deploys;
  const kubeContext = cluster?.client.connection.context;
  const variables = deployHookVariables({
    run: identity.run,
    ...(cluster && { cluster: { namespaces, ...(kubeContext !== undefined && { context: kubeContext }) } }),
  });
  const run = { around: { ...spec.place, platform: around.platform, env: env.value }, variables };
  const containers = containersOf(spec, deploys, standard, namespaces);
  return await runDeployHooks(hooks, phase, { ...run, containers }, work);
}

/** Helm renders while it deploys, so the namespaces of its objects are not known before. */
async function plannedNamespaces(
  { helm, deployer, configuration }: DeployStepSpec,
  manifests: RunManifests,
  work: Work,
): Promise<Outcome<readonly string[]>> {
  if (helm || deployer === 'docker') return succeeded([]);
  const made = await manifests.of(configuration, work);
  if (made.status !== 'succeeded') return made;
  return succeeded(made.value.flatMap(({ object }) => object.metadata.namespace ?? []));
}

function releasesOf({ helm }: DeployStepSpec, standard: string) {
  return (helm?.releases ?? []).map(({ name, namespace = standard }) => ({ name, namespace }));
}

function containersOf(
  spec: DeployStepSpec,
  { cluster, deployments, running }: Runtime,
  standard: string,
  namespaces: readonly string[],
): HookContainers | undefined {
  if (cluster) {
    const isOurs = spec.helm ? isOfRelease(releasesOf(spec, standard)) : isOfSet(spec.set, standard);
    return clusterHookContainers({ client: cluster.client, namespaces, isOurs });
  }
  return deployments && running && localHookContainers({ engine: deployments, running, name: spec.set });
}
