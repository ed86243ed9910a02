import type { DeployedObject } from '../../model/artifact.ts';
import { groupOf, type KubernetesObject, type Manifest } from '../kubernetes-object.ts';
import { digestOf } from './release-record.ts';

/** Says whether the objects of a kind belong to a namespace. */
export type IsNamespaced = (object: Pick<KubernetesObject, 'apiVersion' | 'kind'>) => boolean;

export type ObjectIdentity = Pick<DeployedObject, 'apiVersion' | 'kind' | 'namespace' | 'name'>;

export interface ObjectChanges {
  /** The objects of the revision before, as far as the cluster still has them. */
  readonly before: readonly Manifest[];
  readonly after: readonly Manifest[];
  /** The namespace of the release. */
  readonly namespace: string;
  readonly isNamespaced: IsNamespaced;
  readonly because: string;
}

/** Returns what became of each object: those that are deployed now, and then those that are removed. */
export function objectChanges(changes: ObjectChanges): readonly DeployedObject[] {
  const { before, after, because } = changes;
  const identified = (manifests: readonly Manifest[]) =>
    new Map(
      manifests.map(({ object }) => {
        const identity = identityOf(object, changes);
        return [keyOf(identity), { identity, object }] as const;
      }),
    );
  const [old, now] = [identified(before), identified(after)];
  const deployed = [...now].map(([key, { identity, object }]): DeployedObject => {
    const earlier = old.get(key);
    if (!earlier) return { ...identity, change: 'created', reason: because };
    if (digestOf(earlier.object) === digestOf(object)) return { ...identity, change: 'unchanged' };
    return { ...identity, change: 'changed', reason: because };
  });
  const removed = [...old]
    .filter(([key, { object }]) => !now.has(key) && !isKept(object))
    .map(([, { identity }]): DeployedObject => ({ ...identity, change: 'removed', reason: because }));
  return [...deployed, ...removed];
}

/** Returns what a deploy calls an object of a release. */
export function identityOf(
  { apiVersion, kind, metadata }: KubernetesObject,
  { namespace, isNamespaced }: Pick<ObjectChanges, 'namespace' | 'isNamespaced'>,
): ObjectIdentity {
  const own = metadata.namespace ?? '';
  return {
    apiVersion,
    kind,
    ...(isNamespaced({ apiVersion, kind }) && { namespace: own === '' ? namespace : own }),
    name: metadata.name ?? metadata.generateName ?? '',
  };
}

/** Reports whether Helm leaves an object when its release no longer has it (helm.sh, "Chart Development Tips and Tricks"). */
export function isKept({ metadata: { annotations } }: KubernetesObject): boolean {
  return annotations?.['helm.sh/resource-policy'] === 'keep';
}

function keyOf({ apiVersion, kind, namespace = '', name }: ObjectIdentity): string {
  return [groupOf({ apiVersion }), kind, namespace, name].join('\n');
}
