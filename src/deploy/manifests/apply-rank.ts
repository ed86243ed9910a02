import { groupKindOf, type KubernetesObject } from '../kubernetes-object.ts';

type OfKind = Pick<KubernetesObject, 'apiVersion' | 'kind'>;

/** Kinds that others need come first. A kind that is in no group is a custom resource. */
const groups = [
  ['Namespace'],
  ['PriorityClass.scheduling.k8s.io', 'ResourceQuota', 'LimitRange', 'RuntimeClass.node.k8s.io'],
  ['CustomResourceDefinition.apiextensions.k8s.io'],
  [
    'ServiceAccount',
    'Role.rbac.authorization.k8s.io',
    'ClusterRole.rbac.authorization.k8s.io',
    'PodSecurityPolicy.policy',
    'StorageClass.storage.k8s.io',
    'CSIDriver.storage.k8s.io',
    'VolumeAttributesClass.storage.k8s.io',
    'PersistentVolume',
    'IngressClass.networking.k8s.io',
  ],
  // A role binding may be refused without its role. A claim and an Ingress without a class get the default class that exists when they are made.
  [
    'RoleBinding.rbac.authorization.k8s.io',
    'ClusterRoleBinding.rbac.authorization.k8s.io',
    'ConfigMap',
    'Secret',
    'PersistentVolumeClaim',
  ],
  // Before pods, so that they get its variables, and before they open connections.
  ['Service', 'Endpoints', 'EndpointSlice.discovery.k8s.io', 'NetworkPolicy.networking.k8s.io'],
  [
    'Pod',
    'PodTemplate',
    'ReplicationController',
    'DaemonSet.apps',
    'Deployment.apps',
    'ReplicaSet.apps',
    'StatefulSet.apps',
    'ControllerRevision.apps',
    'DaemonSet.extensions',
    'Deployment.extensions',
    'ReplicaSet.extensions',
    'Job.batch',
    'CronJob.batch',
    'PodDisruptionBudget.policy',
    'HorizontalPodAutoscaler.autoscaling',
  ],
  ['Ingress.networking.k8s.io', 'Ingress.extensions', 'APIService.apiregistration.k8s.io'],
  'custom resources',
  // They can refuse everything that comes after them, and their own pods have to run first.
  [
    'MutatingWebhookConfiguration.admissionregistration.k8s.io',
    'ValidatingWebhookConfiguration.admissionregistration.k8s.io',
    'ValidatingAdmissionPolicy.admissionregistration.k8s.io',
    'ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io',
    'MutatingAdmissionPolicy.admissionregistration.k8s.io',
    'MutatingAdmissionPolicyBinding.admissionregistration.k8s.io',
  ],
] as const;

const customRank = groups.indexOf('custom resources');
const ranks: ReadonlyMap<string, number> = new Map(
  groups.flatMap((group, rank) => (group === 'custom resources' ? [] : group.map((kind) => [kind, rank] as const))),
);

/** Returns when an object is applied, from 0. Objects of one rank do not need each other. Objects are removed in the reverse order. */
export function applyRank(object: OfKind): number {
  return ranks.get(groupKindOf(object)) ?? customRank;
}
