import { counted, inProgress, ready, unobserved, type Standing } from './standing.ts';
import { isUnobserved, type WatchedObject } from './watched-object.ts';

/** The fields of a StatefulSet that are used (apps/v1). */
export interface StatefulSet extends WatchedObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly updateStrategy?: {
      readonly type?: string;
      readonly rollingUpdate?: { readonly partition?: number };
    };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
  };
}

/**
 * Judges a rollout by the rules of `kubectl rollout status`, and in its words. With the strategy `OnDelete`, pods are replaced when
 * somebody deletes them, so only their readiness counts.
 */
export function judgeStatefulSet(set: StatefulSet): Standing {
  const { spec = {}, status = {} } = set;
  if (isUnobserved(set, status.observedGeneration)) return unobserved;
  const wanted = spec.replicas ?? 1;
  const { replicas = 0, readyReplicas = 0, updatedReplicas: updated = 0, updateRevision = '' } = status;
  if (readyReplicas < wanted) return inProgress(`${readyReplicas} of ${wanted} pods are ready`);
  if (replicas > wanted) return inProgress(`${counted(replicas - wanted, 'old pod')} pending termination`);
  if (spec.updateStrategy?.type === 'OnDelete')
    return ready(`${counted(wanted, 'pod')} ready, ${updated} out of ${wanted} updated (OnDelete)`);
  const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  if (partition > 0) {
    const due = Math.max(0, wanted - partition);
    return updated < due
      ? inProgress(`partitioned roll out: ${updated} out of ${due} new pods have been updated`)
      : ready(`partitioned roll out complete: ${counted(updated, 'new pod')} updated`);
  }
  if (updateRevision !== status.currentRevision)
    return inProgress(`rolling update: ${updated} out of ${wanted} pods at revision ${updateRevision}`);
  return ready(`rolling update complete: ${counted(wanted, 'pod')} at revision ${status.currentRevision}`);
}
