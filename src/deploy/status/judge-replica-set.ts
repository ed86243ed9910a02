import { counted, inProgress, ready, unobserved, type Standing } from './standing.ts';
import { isUnobserved, type Condition, type WatchedObject } from './watched-object.ts';

/** The fields of a ReplicaSet that are used (apps/v1). A ReplicationController (core/v1) has the same. */
export interface ReplicaSet extends WatchedObject {
  readonly spec?: { readonly replicas?: number; readonly template?: unknown };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}

export function judgeReplicaSet(set: ReplicaSet): Standing {
  const { spec = {}, status = {} } = set;
  if (isUnobserved(set, status.observedGeneration)) return unobserved;
  const wanted = spec.replicas ?? 1;
  const { replicas = 0, availableReplicas: available = 0 } = status;
  if (available < wanted) return inProgress(`${available} of ${wanted} replicas are available`);
  if (replicas > wanted) return inProgress(`${counted(replicas - wanted, 'replica')} pending termination`);
  return ready(`${counted(wanted, 'replica')} available`);
}
