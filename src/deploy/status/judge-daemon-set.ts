import { counted, inProgress, ready, unobserved, type Standing } from './standing.ts';
import { isUnobserved, type WatchedObject } from './watched-object.ts';

/** The fields of a DaemonSet that are used (apps/v1). */
export interface DaemonSet extends WatchedObject {
  readonly spec?: { readonly updateStrategy?: { readonly type?: string } };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly desiredNumberScheduled?: number;
    readonly currentNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
  };
}

/**
 * Judges a rollout by the rules of `kubectl rollout status`, and in its words. With the strategy `OnDelete`, pods are replaced when
 * somebody deletes them, so only their availability counts.
 */
export function judgeDaemonSet(set: DaemonSet): Standing {
  const { spec = {}, status = {} } = set;
  if (isUnobserved(set, status.observedGeneration)) return unobserved;
  const { desiredNumberScheduled: wanted = 0, updatedNumberScheduled: updated = 0, numberAvailable = 0 } = status;
  const isOnDelete = spec.updateStrategy?.type === 'OnDelete';
  if (!isOnDelete && updated < wanted) return inProgress(`${updated} out of ${wanted} new pods have been updated`);
  const pods = isOnDelete ? 'pods' : 'updated pods';
  if (numberAvailable < wanted) return inProgress(`${numberAvailable} of ${wanted} ${pods} are available`);
  return ready(isOnDelete ? `${counted(wanted, 'pod')} available (OnDelete)` : 'successfully rolled out');
}
