import { groupKindOf, type KubernetesObject, type Manifest } from '../kubernetes-object.ts';
import { isClusterScoped } from './built-in-kinds.ts';
import { isMap } from './map-fields.ts';

/**
 * Gives a namespace to the objects that name none. Objects of kinds without namespaces stay as they are: built-in kinds, and those
 * that a definition among the manifests declares as such. For other kinds only a cluster knows; whoever applies them has to ask it.
 */
export function setNamespace(manifests: readonly Manifest[], namespace: string): readonly Manifest[] {
  const defined = new Set(manifests.flatMap(({ object }) => clusterKindOf(object) ?? []));
  return manifests.map((manifest) => {
    const { object } = manifest;
    const groupKind = groupKindOf(object);
    const own = object.metadata.namespace ?? '';
    if (own !== '' || isClusterScoped(groupKind) || defined.has(groupKind)) return manifest;
    return { ...manifest, object: { ...object, metadata: { ...object.metadata, namespace } } };
  });
}

/** Returns the kind that a CustomResourceDefinition declares, if its objects belong to no namespace. */
function clusterKindOf(object: KubernetesObject): string | undefined {
  if (groupKindOf(object) !== 'CustomResourceDefinition.apiextensions.k8s.io') return undefined;
  const { spec } = object;
  if (!isMap(spec) || spec['scope'] !== 'Cluster' || !isMap(spec['names'])) return undefined;
  return `${String(spec['names']['kind'])}.${String(spec['group'])}`;
}
