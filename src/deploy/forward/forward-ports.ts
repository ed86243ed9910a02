import type { DeployedObject } from '../../model/artifact.ts';
import { succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import { stoppedOrFailed } from '../../runtime/error-outcome.ts';
import type { TargetCluster } from '../../runtime/target-cluster.ts';
import { aborted } from '../../util/abort.ts';
import { clusterFailure } from '../cluster-failure.ts';
import { openClusterForwards } from './cluster-forwards.ts';
import { deployedPorts, type ForwardedClasses } from './deployed-ports.ts';
import { withoutNamed, type ForwardedPort } from './forwarded-port.ts';
import { noteNothingToForward } from './observe-forward.ts';

export interface ForwardsOptions {
  readonly target: TargetCluster;
  /** What was deployed. */
  readonly objects: readonly DeployedObject[];
  /** The ports that the configuration names. They choose their local ports first. */
  readonly ports: readonly ForwardedPort[];
  readonly classes: ForwardedClasses;
}

/**
 * Forwards ports of a deploy until the signal, which is success. Failures: `forbidden`, `runtime-lost`, if the cluster
 * does not say what was deployed.
 */
export async function forwardPorts({ target, objects, ports, classes }: ForwardsOptions, work: Work): Promise<Outcome> {
  try {
    const deployed = await deployedPorts(objects, classes, target, work);
    const placed = ports.map(({ resource, ...port }) => ({
      ...port,
      resource: { ...resource, namespace: resource.namespace ?? target.namespace },
    }));
    const all = [...placed, ...withoutNamed(deployed, placed)];
    if (all.length === 0) noteNothingToForward(work);
    await using _forwards = await openClusterForwards({ target, ports: all }, work);
    await aborted(work.signal);
    return succeeded(undefined);
  } catch (error) {
    return stoppedOrFailed(error, work.signal, clusterFailure);
  }
}
