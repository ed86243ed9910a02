import type { DeployedObject } from '../../model/artifact.ts';
import { digestOf } from '../digest-of.ts';
import { groupOf, type KubernetesObject, type Manifest } from '../kubernetes-object.ts';

export type ObjectIdentity = Pick<DeployedObject, 'apiVersion' | 'kind' | 'namespace' | 'name'>;

/** An object of a release. */
export interface ReleasedObject {
  readonly manifest: Manifest;
  readonly identity: ObjectIdentity;
}

/**
 * Returns what became of each object of a release: those that are deployed now, and then those that are removed.
 * @param before the objects of the revision before, as far as the cluster still had them
 * @param because why the release was deployed
 */
export function objectChanges(
  before: readonly ReleasedObject[],
  after: readonly ReleasedObject[],
  because: string,
): readonly DeployedObject[] {
  const [old, now] = [before, after].map((objects) => new Map(objects.map((each) => [keyOf(each.identity), each])));
  const deployed = [...now!].map(([key, { identity, manifest }]): DeployedObject => {
    const earlier = old!.get(key);
    if (!earlier) return { ...identity, change: 'created', reason: because };
    if (digestOf(earlier.manifest.object) === digestOf(manifest.object)) return { ...identity, change: 'unchanged' };
    return { ...identity, change: 'changed', reason: because };
  });
  const removed = [...old!]
    .filter(([key, { manifest }]) => !now!.has(key) && !isKept(manifest.object))
    .map(([, { identity }]): DeployedObject => ({ ...identity, change: 'removed', reason: because }));
  return [...deployed, ...removed];
}

/**
 * Returns what a deploy calls an object.
 * @param namespace that of an object that names none. Absent: objects of its kind belong to no namespace
 */
export function identityOf({ apiVersion, kind, metadata }: KubernetesObject, namespace?: string): ObjectIdentity {
  const own = metadata.namespace ?? '';
  return {
    ...{ apiVersion, kind, name: metadata.name ?? '' },
    ...(namespace !== undefined && { namespace: own === '' ? namespace : own }),
  };
}

/** Reports whether Helm leaves an object when its release no longer has it (helm.sh, "Chart Development Tips and Tricks"). */
export function isKept({ metadata: { annotations } }: KubernetesObject): boolean {
  return annotations?.['helm.sh/resource-policy'] === 'keep';
}

function keyOf({ apiVersion, kind, namespace = '', name }: ObjectIdentity): string {
  return [groupOf({ apiVersion }), kind, namespace, name].join('\n');
}
