import { isDeepStrictEqual } from 'node:util';
import type { Deployment } from './judge-deployment.ts';
import type { DaemonSet } from './judge-daemon-set.ts';
import type { Job } from './judge-job.ts';
import type { ReplicaSet } from './judge-replica-set.ts';
import type { StatefulSet } from './judge-stateful-set.ts';
import { podTroubles } from './pod-troubles.ts';
import { refusedPods } from './refused-pods.ts';
import type { RecordedEvent, StatusRecords } from './status-records.ts';
import { sortedTroubles, type Trouble } from './trouble.ts';
import type { PodsOfKind } from './waited-kinds.ts';
import { trueCondition, type WatchedObject } from './watched-object.ts';

/** What is known of an object beside its own state. */
type Known = Pick<StatusRecords, 'childrenOf' | 'eventsOf' | 'observedPod'>;

/** Returns why an object is not ready: the troubles of its pods, or why it has none. The worst is first. */
export function resourceTroubles(
  object: WatchedObject,
  pods: PodsOfKind | undefined,
  known: Known,
  restarts: number,
): readonly Trouble[] {
  if (pods === undefined) return claimTroubles(known.eventsOf(object));
  if (pods === 'itself') return sortedTroubles(podTroubles(known.observedPod(object), { restarts }));
  const creator = pods === 'throughReplicaSets' ? currentReplicaSet(object, known) : object;
  if (creator === undefined) return [];
  const limits = { restarts: pods === 'attempts' ? ('never' as const) : restarts };
  const ofPods = known.childrenOf(creator).flatMap((pod) => {
    if (pod.metadata.deletionTimestamp !== undefined && pods !== 'attempts') return [];
    const troubles = podTroubles(known.observedPod(pod), limits);
    // The controller may still replace a pod of an older revision.
    return pods === 'byRevision' && !isCurrent(pod, object)
      ? troubles.map((trouble): Trouble => ({ ...trouble, heals: 'maybe' }))
      : troubles;
  });
  const refusal = refusalOf(object, creator, pods, known);
  return sortedTroubles([...(refusal === undefined ? [] : [refusal]), ...ofPods]);
}

function claimTroubles(events: readonly RecordedEvent[]): readonly Trouble[] {
  const last =
    events.findLast(({ type }) => type === 'Warning') ?? events.findLast(({ reason }) => reason === 'FailedBinding');
  return last === undefined ? [] : [{ detail: last.message, heals: 'maybe' }];
}

const hashLabel = 'pod-template-hash';

/** Returns the ReplicaSet with the Deployment's template, found as the Deployment's controller finds it. */
function currentReplicaSet(deployment: WatchedObject, known: Known): WatchedObject | undefined {
  const { template } = (deployment as Deployment).spec ?? {};
  return known
    .childrenOf(deployment)
    .find((set) => isDeepStrictEqual(withoutHash((set as ReplicaSet).spec?.template), template));
}

function withoutHash(template: unknown): unknown {
  const { metadata, ...rest } = (template ?? {}) as { readonly metadata?: { readonly labels?: object } };
  const labels = Object.entries(metadata?.labels ?? {}).filter(([name]) => name !== hashLabel);
  return { metadata: { ...metadata, labels: Object.fromEntries(labels) }, ...rest };
}

function isCurrent({ metadata: { labels = {} } }: WatchedObject, set: WatchedObject): boolean {
  const { updateRevision } = (set as StatefulSet).status ?? {};
  if (updateRevision !== undefined) return labels['controller-revision-hash'] === updateRevision;
  // DaemonSets do not tell their revision, but count their templates.
  const generation = set.metadata.annotations?.['deprecated.daemonset.template.generation'];
  return generation === undefined || labels['pod-template-generation'] === generation;
}

/** Returns the trouble of an object whose pods are refused now. */
function refusalOf(object: WatchedObject, creator: WatchedObject, pods: PodsOfKind, known: Known): Trouble | undefined {
  const ofSet = trueCondition((creator as ReplicaSet).status?.conditions, 'ReplicaFailure');
  if (ofSet?.reason === 'FailedCreate') return eased(refusedPods(ofSet.message ?? ''), object, pods);
  if (pods === 'throughReplicaSets' || !lacksPods(creator)) return undefined;
  const events = known.eventsOf(creator);
  const last = events.findLast(({ reason }) => reason === 'FailedCreate' || reason === 'SuccessfulCreate');
  if (last?.reason !== 'FailedCreate' || (last.lastAt ?? Infinity) < changedAt(creator)) return undefined;
  return refusedPods(last.message);
}

/** A quota may leave room once old pods have ended. */
function eased(trouble: Trouble, object: WatchedObject, pods: PodsOfKind): Trouble {
  if (trouble.cause !== 'quota' || pods !== 'throughReplicaSets') return trouble;
  const { replicas = 0, updatedReplicas = 0 } = (object as Deployment).status ?? {};
  return replicas > updatedReplicas ? { ...trouble, heals: 'maybe' } : trouble;
}

function lacksPods(creator: WatchedObject): boolean {
  const {
    replicas,
    currentNumberScheduled: scheduled,
    desiredNumberScheduled: desired,
  } = ((creator as DaemonSet).status ?? {}) as Readonly<Record<string, number | undefined>>;
  if (desired !== undefined) return (scheduled ?? 0) < desired;
  const { replicas: wanted } = ((creator as StatefulSet).spec ?? {}) as { readonly replicas?: number };
  if (wanted !== undefined) return (replicas ?? 0) < wanted;
  return ((creator as Job).status?.active ?? 0) === 0;
}

/** Returns when the specification last changed, by the cluster's clock in whole seconds. */
function changedAt({ metadata: { managedFields = [] } }: WatchedObject): number {
  const times = managedFields
    .filter(({ subresource }) => subresource === undefined)
    .map(({ time = '' }) => Date.parse(time))
    .filter((time) => !Number.isNaN(time));
  return Math.max(-Infinity, ...times);
}
