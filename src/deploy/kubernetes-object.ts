import { groupOf, shownObject } from '../model/artifact.ts';

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

export { groupOf, shownObject };

/** Returns a kind with its group, as ApplySets name it: `Deployment.apps`, `ConfigMap`. */
export function groupKindOf(object: Pick<KubernetesObject, 'apiVersion' | 'kind'>): string {
  const group = groupOf(object);
  return group === '' ? object.kind : `${object.kind}.${group}`;
}
