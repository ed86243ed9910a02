import { groupKindOf } from '../kubernetes-object.ts';
import { otherManagers } from './field-managers.ts';
import type { LiveMetadata, LiveObject } from './live-object.ts';

/** They say what happens or who leads, and whoever needs them writes them again. */
export const recordsOfControllers: ReadonlySet<string> = new Set([
  ...['Event', 'Event.events.k8s.io', 'Lease.coordination.k8s.io', 'CSIStorageCapacity.storage.k8s.io'],
]);

/** What Kubernetes, OpenShift and Istio put into every namespace, by kind. */
const inEveryNamespace: Readonly<Record<string, readonly string[]>> = {
  ServiceAccount: ['default'],
  ConfigMap: ['kube-root-ca.crt', 'openshift-service-ca.crt', 'istio-ca-root-cert'],
};

const controllers: ReadonlySet<string> = new Set(['kube-controller-manager', 'endpoint-controller']);
const sliceControllers: ReadonlySet<string | undefined> = new Set([
  ...['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io'],
]);

/**
 * Reports whether a cluster made an object by itself, so that nobody misses it: what it puts into every namespace, the
 * endpoints of Services, the tokens that older versions make for accounts, and records of its controllers.
 */
export function isMadeByCluster(object: LiveObject): boolean {
  const { labels, annotations, name } = object.metadata;
  const kind = groupKindOf(object.resource);
  if (recordsOfControllers.has(kind) || inEveryNamespace[kind]?.includes(name) === true) return true;
  if (kind === 'EndpointSlice.discovery.k8s.io')
    return sliceControllers.has(labels?.['endpointslice.kubernetes.io/managed-by']);
  if (kind === 'Endpoints') return isOfControllers(object.metadata);
  return (
    kind === 'Secret' &&
    annotations?.['kubernetes.io/service-account.name'] !== undefined &&
    isOfControllers(object.metadata)
  );
}

function isOfControllers(metadata: LiveMetadata): boolean {
  const managers = otherManagers(metadata);
  return managers.length > 0 && managers.every((manager) => controllers.has(manager));
}
