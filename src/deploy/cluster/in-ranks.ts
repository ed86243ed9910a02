import type { KubernetesObject } from '../kubernetes-object.ts';

/** Kinds by rank: those of a rank need nothing of their own or a later rank. */
const ranks: readonly (readonly string[])[] = [
  ['Namespace'],
  ['CustomResourceDefinition', 'PriorityClass', 'StorageClass', 'RuntimeClass', 'IngressClass', 'PersistentVolume'],
  [
    ...['ResourceQuota', 'LimitRange', 'NetworkPolicy', 'PodDisruptionBudget', 'ServiceAccount', 'Secret', 'ConfigMap'],
    ...['PersistentVolumeClaim', 'ClusterRole', 'Role'],
  ],
  ['ClusterRoleBinding', 'RoleBinding'],
  // Pods get the addresses of the services that exist as environment variables.
  ['Service'],
  ['DaemonSet', 'Pod', 'ReplicationController', 'ReplicaSet', 'Deployment', 'StatefulSet', 'Job', 'CronJob'],
];
const rankOfKind = new Map(ranks.flatMap((kinds, rank) => kinds.map((kind) => [kind, rank] as const)));
/** They act on all later requests, and their servers are among the workloads. */
const last = ['APIService', 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'];

/**
 * Returns when objects of a kind are applied. 0: first. Custom resources and unknown kinds come after the workloads,
 * which may be their controllers.
 */
export function applyRank({ kind }: Pick<KubernetesObject, 'kind'>): number {
  return rankOfKind.get(kind) ?? (last.includes(kind) ? ranks.length + 1 : ranks.length);
}

/** Groups objects by rank, in the order in which they are applied. */
export function inRanks<T>(objects: readonly T[], rankOf: (object: T) => number): readonly (readonly T[])[] {
  const groups = new Map<number, T[]>();
  for (const object of objects) {
    const rank = rankOf(object);
    const group = groups.get(rank) ?? [];
    groups.set(rank, group);
    group.push(object);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}
