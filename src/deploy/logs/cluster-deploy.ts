import type { DeployedObject } from '../../model/artifact.ts';
import type { Work } from '../../model/work.ts';
import type { RunningContainers } from '../../runtime/running-container.ts';
import type { TargetCluster } from '../../runtime/target-cluster.ts';
import { ControllerChains } from './controller-chains.ts';
import type { FollowedDeploy } from './followed-deploy.ts';

export interface ClusterDeploy {
  readonly target: TargetCluster;
  readonly running: RunningContainers;
  readonly objects: readonly DeployedObject[];
  readonly beganAt?: number;
}

/** Returns the pods of deployed objects: of their namespaces, those that lead to one of them by what controls them. */
export function clusterDeploy(
  { target, running, objects, beganAt }: ClusterDeploy,
  { clock, signal, output }: Pick<Work, 'clock' | 'signal' | 'output'>,
): FollowedDeploy {
  const chains = new ControllerChains(objects, target.namespace, {
    ...{ client: target.client, clock, signal },
    onUnreadable: (kind, detail) =>
      output.observe({
        type: 'noted',
        level: 'warning',
        message: `pods of ${kind} objects may be missing in the output, because these cannot be read: ${detail}`,
      }),
  });
  const namespaces = namespacesOf(objects, target.namespace);
  return {
    running,
    selectors: namespaces.map((namespace) => ({ namespace, labels: {}, all: true })),
    belongs: async (container) => await chains.belongs(container),
    nameOf: ({ group, namespace = '', name }) => ({
      workload: namespaces.length > 1 ? `${namespace}/${group}` : group,
      container: name,
    }),
    ...(beganAt !== undefined && { beganAt }),
  };
}

function namespacesOf(objects: readonly DeployedObject[], standard: string): readonly string[] {
  const named = objects.flatMap(({ namespace, change }) => (namespace && change !== 'removed' ? [namespace] : []));
  return named.length === 0 ? [standard] : [...new Set(named)].sort();
}
