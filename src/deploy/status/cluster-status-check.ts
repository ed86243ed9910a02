import { cancelledBy, succeeded } from '../../model/outcome.ts';
import { lostAfterMs as standardLostAfterMs } from '../../clusters/api/retry.ts';
import { cancelledOrFailed } from '../../runtime/error-outcome.ts';
import type { TargetCluster } from '../../runtime/target-cluster.ts';
import type { StatusCheck } from '../deployer.ts';
import { clusterFailure } from '../cluster-failure.ts';
import { StatusWait, type WaitOptions } from './status-wait.ts';
import { waitedResources, type WaitedResource } from './waited-resource.ts';

export interface StatusCheckOptions {
  readonly target: TargetCluster;
  /** How long all objects together may take, in milliseconds from the start of the check. */
  readonly deadlineMs: number;
  /** Troubles of pods fail an object only at the deadline. What the object itself reports as its end still fails it at once. */
  readonly tolerateFailuresUntilDeadline?: boolean;
  /**
   * A container that has ended again after this many restarts is a crash loop. Default: 3, about 45 seconds. Containers often fail
   * until what they depend on has started.
   */
  readonly crashLoopRestarts?: number;
  /** How long the cluster may be away, in milliseconds. Default: five minutes. */
  readonly lostAfterMs?: number;
}

/** The standard of `crashLoopRestarts`. */
const standardRestarts = 3;

/**
 * Returns a status check that watches a cluster; see `StatusCheck`. It waits for workloads, claims, definitions and custom
 * resources. All other objects are ready once they exist. It ends when all objects are ready at once, soon after the first one
 * fails, or at the deadline.
 */
export function clusterStatusCheck(options: StatusCheckOptions): StatusCheck {
  const { target, deadlineMs, tolerateFailuresUntilDeadline: tolerate = false } = options;
  const { crashLoopRestarts: restarts = standardRestarts, lostAfterMs = standardLostAfterMs } = options;
  return {
    async wait(objects, work) {
      const { signal, clock } = work;
      if (signal.aborted) return cancelledBy(signal);
      let resources: readonly WaitedResource[];
      try {
        resources = await waitedResources(target, objects, clock, signal);
      } catch (error) {
        return cancelledOrFailed(error, signal, clusterFailure);
      }
      if (resources.length === 0) return succeeded(undefined);
      const onVerdict: WaitOptions['onVerdict'] = ({ status, message }, resource) =>
        work.output.observe({ type: 'resource.status', ...resource, status, message });
      const limits = { deadlineMs, tolerate, restarts, lostAfterMs, failureOf: clusterFailure };
      return await new StatusWait(resources, { client: target.client, ...limits, onVerdict }, work).run();
    },
  };
}
