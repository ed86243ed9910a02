import { counted, inProgress, ready, unobserved, type Standing } from './standing.ts';
import { isUnobserved, type Condition, type WatchedObject } from './watched-object.ts';

/** The fields of a Deployment that are used (apps/v1). */
export interface Deployment extends WatchedObject {
  readonly spec?: { readonly replicas?: number; readonly paused?: boolean; readonly template?: unknown };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}

/** Judges a rollout by the rules of `kubectl rollout status`, and in its words. A paused rollout is not waited for. */
export function judgeDeployment(deployment: Deployment): Standing {
  const { spec = {}, status = {} } = deployment;
  if (isUnobserved(deployment, status.observedGeneration)) return unobserved;
  const wanted = spec.replicas ?? 1;
  const { replicas = 0, updatedReplicas: updated = 0, availableReplicas: available = 0 } = status;
  const progressing = status.conditions?.find(({ type }) => type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded')
    return { status: 'failed', message: 'exceeded its progress deadline', cause: 'deadline' };
  if (updated < wanted) {
    const message = `${updated} out of ${wanted} new replicas have been updated`;
    return spec.paused === true ? ready(`its rollout is paused: ${message}`) : inProgress(message);
  }
  if (replicas > updated) return inProgress(`${counted(replicas - updated, 'old replica')} pending termination`);
  if (available < updated) return inProgress(`${available} of ${updated} updated replicas are available`);
  return ready('successfully rolled out');
}
