import { groupOf, type KubernetesObject } from '../kubernetes-object.ts';

/** One object, in words that two objects of different versions share: `group/kind/namespace/name`. */
export type ObjectKey = string;

export function objectKey(
  { apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>,
  namespace: string | undefined,
  name: string,
): ObjectKey {
  return [groupOf({ apiVersion }), kind, namespace ?? '', name].join('/');
}

/** Returns the kind that a CustomResourceDefinition defines, as `objectKey` has its group and kind. */
export function definedKind(definition: KubernetesObject): string | undefined {
  const spec = fieldsOf(definition['spec']);
  const [group, kind] = [spec['group'], fieldsOf(spec['names'])['kind']];
  return typeof group === 'string' && typeof kind === 'string' ? `${group}/${kind}` : undefined;
}

/**
 * Returns the keys of objects without which this one cannot work: its namespace, and what its pods and its role refer
 * to. They may exist already. Its kind's definition is not among them: see `definedKind`.
 */
export function needsOf(object: KubernetesObject, namespace: string | undefined): readonly ObjectKey[] {
  if (namespace === undefined) return roleOf(object, namespace);
  const keyed = (kind: string) => (name: string) => objectKey({ apiVersion: 'v1', kind }, namespace, name);
  const pod = podOf(object);
  return [
    objectKey({ apiVersion: 'v1', kind: 'Namespace' }, undefined, namespace),
    ...roleOf(object, namespace),
    ...namesIn(pod, ['configMapRef', 'configMapKeyRef', 'configMap'], 'name').map(keyed('ConfigMap')),
    ...namesIn(pod, ['secretRef', 'secretKeyRef'], 'name').map(keyed('Secret')),
    ...namesIn(pod, ['secret'], 'secretName').map(keyed('Secret')),
    ...namesIn(pod, ['persistentVolumeClaim'], 'claimName').map(keyed('PersistentVolumeClaim')),
    ...textOf(fieldsOf(pod)['serviceAccountName']).map(keyed('ServiceAccount')),
  ];
}

function roleOf({ apiVersion, ...object }: KubernetesObject, namespace: string | undefined): readonly ObjectKey[] {
  const role = fieldsOf(object['roleRef']);
  return textOf(role['kind']).flatMap((kind) =>
    textOf(role['name']).map((name) => objectKey({ apiVersion, kind }, kind === 'Role' ? namespace : undefined, name)),
  );
}

/** Returns the `PodSpec` of a workload. */
function podOf(object: KubernetesObject): unknown {
  const spec = fieldsOf(object['spec']);
  if (object.kind === 'Pod') return spec;
  const template =
    object.kind === 'CronJob' ? fieldsOf(fieldsOf(spec['jobTemplate'])['spec'])['template'] : spec['template'];
  return fieldsOf(template)['spec'];
}

/** Returns the texts of a field in all objects below that one of these fields holds. */
function namesIn(value: unknown, holders: readonly string[], field: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => namesIn(item, holders, field));
  return Object.entries(fieldsOf(value)).flatMap(([name, part]) => [
    ...(holders.includes(name) ? textOf(fieldsOf(part)[field]) : []),
    ...namesIn(part, holders, field),
  ]);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function textOf(value: unknown): readonly string[] {
  return typeof value === 'string' ? [value] : [];
}
