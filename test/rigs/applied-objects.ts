import type { ClusterClient } from '../../src/clusters/api/cluster-client.ts';
import type { DeployedObject } from '../../src/model/artifact.ts';
import type { KubernetesObject } from '../../src/deploy/kubernetes-object.ts';

/** The paths of the kinds that tests apply. */
const plurals: Readonly<Record<string, string>> = {
  Pod: 'api/v1/namespaces/N/pods',
  Service: 'api/v1/namespaces/N/services',
  ResourceQuota: 'api/v1/namespaces/N/resourcequotas',
  PersistentVolumeClaim: 'api/v1/namespaces/N/persistentvolumeclaims',
  Deployment: 'apis/apps/v1/namespaces/N/deployments',
  ReplicaSet: 'apis/apps/v1/namespaces/N/replicasets',
  StatefulSet: 'apis/apps/v1/namespaces/N/statefulsets',
  DaemonSet: 'apis/apps/v1/namespaces/N/daemonsets',
  Job: 'apis/batch/v1/namespaces/N/jobs',
  CustomResourceDefinition: 'apis/apiextensions.k8s.io/v1/customresourcedefinitions',
};

/** Applies objects to a cluster, in this order, and returns them as a deployer does. */
export async function applied(
  client: ClusterClient,
  namespace: string,
  objects: readonly KubernetesObject[],
): Promise<readonly DeployedObject[]> {
  const deployed: DeployedObject[] = [];
  for (const object of objects) {
    const { apiVersion, kind } = object;
    const name = object.metadata.name ?? '';
    const path = plurals[kind] ?? '';
    await client.json('PATCH', `/${path.replace('/N/', `/${namespace}/`)}/${name}`, {
      contentType: 'application/apply-patch+yaml',
      query: { fieldManager: 'slipway-test', force: true },
      body: object,
    });
    deployed.push({ apiVersion, kind, name, change: 'created', ...(path.includes('/N/') && { namespace }) });
  }
  return deployed;
}
