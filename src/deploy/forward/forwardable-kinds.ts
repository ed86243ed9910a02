import { collectionPath } from '../../clusters/api/api-resource.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import type { ClusterKind, ClusterResource } from './forwarded-port.ts';

/** How a kind of object is found in a cluster. */
interface ForwardableKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
}

const core = (kind: string, plural: string): ForwardableKind => ({ apiVersion: 'v1', kind, plural });
const apps = (kind: string, plural: string): ForwardableKind => ({ apiVersion: 'apps/v1', kind, plural });
const batch = (kind: string, plural: string): ForwardableKind => ({ apiVersion: 'batch/v1', kind, plural });

const kinds: Readonly<Record<ClusterKind, ForwardableKind>> = {
  service: core('Service', 'services'),
  pod: core('Pod', 'pods'),
  replicationcontroller: core('ReplicationController', 'replicationcontrollers'),
  deployment: apps('Deployment', 'deployments'),
  replicaset: apps('ReplicaSet', 'replicasets'),
  statefulset: apps('StatefulSet', 'statefulsets'),
  daemonset: apps('DaemonSet', 'daemonsets'),
  job: batch('Job', 'jobs'),
  cronjob: batch('CronJob', 'cronjobs'),
};

/** Returns the word for the kind of an object. Returns `undefined` if nothing can be forwarded from it. */
export function forwardedKindOf({
  apiVersion,
  kind,
}: Pick<KubernetesObject, 'apiVersion' | 'kind'>): ClusterKind | undefined {
  const words = Object.keys(kinds) as ClusterKind[];
  return words.find((word) => kinds[word].kind === kind && kinds[word].apiVersion === apiVersion);
}

/** Returns the API path of the objects of a resource's kind, in its namespace. */
export function kindPath({ kind, namespace }: Pick<ClusterResource, 'kind' | 'namespace'>): string {
  return collectionPath({ ...kinds[kind], isNamespaced: true }, namespace);
}
