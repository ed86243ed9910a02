/** A Kubernetes object as a manifest has it (kubernetes.io, "Objects In Kubernetes"). Fields that nobody checked are `unknown`. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMetadata;
  readonly [field: string]: unknown;
}

export interface ObjectMetadata {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** A rendered object. */
export interface Manifest {
  readonly object: KubernetesObject;
  /** Where it comes from, for display: a file, a URL, `kustomize build DIR`, `release NAME`. */
  readonly source: string;
}

/** Returns the API group of an object. `''` is the core group. */
export function groupOf({ apiVersion }: Pick<KubernetesObject, 'apiVersion'>): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** Returns the name of an object as `kubectl` prints it: `deployment.apps/web`, `service/web`. */
export function shownObject(object: Pick<KubernetesObject, 'apiVersion' | 'kind'> & { readonly name: string }): string {
  const group = groupOf(object);
  return `${object.kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${object.name}`;
}
