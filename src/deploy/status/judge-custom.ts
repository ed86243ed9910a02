import { inProgress, ready, unobserved, type Standing } from './standing.ts';
import { isUnobserved, type Condition, type WatchedObject } from './watched-object.ts';

/** The fields of a custom resource that controllers agree on. Nothing checks their types. */
interface Custom extends WatchedObject {
  readonly status?: { readonly observedGeneration?: unknown; readonly conditions?: unknown };
}

/**
 * Judges a custom resource by the rules of kstatus (sigs.k8s.io/cli-utils, pkg/kstatus): its status must be of this generation. The
 * conditions `Stalled` and `Reconciling` are true only in abnormal states. An object without the condition `Ready` is ready.
 */
export function judgeCustom(object: WatchedObject): Standing {
  const { metadata, status } = object as Custom;
  if (metadata.deletionTimestamp !== undefined) return inProgress('is being deleted');
  const { observedGeneration } = status ?? {};
  if (typeof observedGeneration === 'number' && isUnobserved(object, observedGeneration)) return unobserved;
  const conditions = conditionsOf(status?.conditions).filter(
    (condition) => !isUnobserved(object, condition.observedGeneration ?? metadata.generation),
  );
  const stalled = conditions.find(({ type, status: state }) => type === 'Stalled' && state === 'True');
  if (stalled) return { status: 'failed', message: said('is stalled', stalled), mayHeal: true };
  const reconciling = conditions.find(({ type, status: state }) => type === 'Reconciling' && state === 'True');
  if (reconciling) return inProgress(said('is reconciling', reconciling));
  const ofAnyGeneration = conditionsOf(status?.conditions).some(({ type }) => type === 'Ready');
  const readiness = conditions.find(({ type }) => type === 'Ready');
  if (readiness === undefined) return ofAnyGeneration ? unobserved : ready('is current');
  return readiness.status === 'True' ? ready('is ready') : inProgress(said('is not ready', readiness));
}

function conditionsOf(conditions: unknown): readonly Condition[] {
  return Array.isArray(conditions) ? conditions.filter(isCondition) : [];
}

function isCondition(value: unknown): value is Condition {
  return typeof value === 'object' && value !== null && 'type' in value && 'status' in value;
}

function said(what: string, { message, reason }: Condition): string {
  const why = [message, reason].find((words) => typeof words === 'string' && words !== '');
  return why === undefined ? what : `${what}: ${why}`;
}
