/** How an API server serves one kind (kubernetes.io, "Kubernetes API Concepts"). */
export interface ApiResource {
  readonly apiVersion: string;
  readonly kind: string;
  /** As in paths: `deployments`. */
  readonly plural: string;
  readonly isNamespaced: boolean;
}

/** Returns the path of all objects of a resource in a namespace, or in the cluster. */
export function collectionPath({ apiVersion, plural }: ApiResource, namespace?: string): string {
  const within = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${versionPath(apiVersion)}${within}/${plural}`;
}

export function objectPath(resource: ApiResource, name: string, namespace?: string): string {
  return `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;
}

/** Returns the path of a group and version: `/api/v1`, `/apis/apps/v1`. */
export function versionPath(apiVersion: string): string {
  return `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`;
}
