import type { DeployedObject } from '../../model/artifact.ts';
import type { AppliedWorkload, LocalInventory, LocalWorkload } from '../../runtime/local-deployments.ts';
import { shownObject } from '../kubernetes-object.ts';

type NamedObject = Pick<DeployedObject, 'apiVersion' | 'kind' | 'name'>;

/** The kinds whose objects are parts of workloads. */
const partKinds = ['ConfigMap', 'Secret', 'Service', 'PersistentVolumeClaim'];

/**
 * Returns what a deploy did to one object, and why.
 * @param key as in `LocalWorkload.sources`
 * @param of the workloads that the object is part of
 */
export function changeOfObject(
  key: string,
  of: readonly { readonly workload: Pick<LocalWorkload, 'name' | 'sources'>; readonly applied: AppliedWorkload }[],
  before: LocalInventory,
): Pick<DeployedObject, 'change' | 'reason'> {
  const kind = key.split(' ')[0] ?? '';
  const existing = before.workloads.filter(({ sources }) => Object.hasOwn(sources, key));
  if (kind === 'PersistentVolumeClaim')
    return { change: before.claims.includes(key.split(' ').slice(1).join('/')) ? 'unchanged' : 'created' };
  if (partKinds.includes(kind)) return partChange(key, of, existing);
  const changes = of.map(({ applied }) => applied.change);
  if (changes.length === 0) return { change: existing.length > 0 ? 'changed' : 'unchanged' };
  if (changes.every((change) => change === 'unchanged')) return { change: 'unchanged' };
  if (existing.length === 0) return { change: 'created', reason: 'it did not exist' };
  const reasons = of.flatMap(({ workload, applied }) => reasonOf(key, workload, applied, existing));
  return { change: 'changed', reason: [...new Set(reasons)].join(', ') };
}

function partChange(
  key: string,
  of: Parameters<typeof changeOfObject>[1],
  existing: LocalInventory['workloads'],
): Pick<DeployedObject, 'change' | 'reason'> {
  if (existing.length === 0) return { change: 'created', reason: 'it did not exist' };
  if (of.every(({ applied }) => applied.change === 'unchanged')) return { change: 'unchanged' };
  const now = of[0]?.workload.sources[key];
  const isOther = key.startsWith('Secret ')
    ? of.some(
        ({ workload, applied }) =>
          changedSources(workload, existing).length === 0 && applied.because === 'specification',
      )
    : existing.some(({ sources }) => sources[key] !== now);
  return isOther ? { change: 'changed', reason: 'its manifest changed' } : { change: 'unchanged' };
}

function reasonOf(
  key: string,
  workload: Pick<LocalWorkload, 'name' | 'sources'>,
  { change, because }: AppliedWorkload,
  existing: LocalInventory['workloads'],
): readonly string[] {
  if (change === 'unchanged') return [];
  if (change === 'created') return ['it has more replicas'];
  if (because === 'image') return ['its image changed'];
  if (because === 'incomplete') return ['a container of it was missing or had ended'];
  const changed = changedSources(workload, existing);
  if (changed.includes(key)) return ['its manifest changed'];
  const [first] = changed;
  if (first === undefined) return ['a Secret that it uses changed'];
  const [kind, , name] = first.split(' ');
  return [`${kind} ${name} changed`];
}

/** Returns the objects of a workload that differ from before. Secrets are never among them. */
function changedSources(
  { name, sources }: Pick<LocalWorkload, 'name' | 'sources'>,
  existing: LocalInventory['workloads'],
): readonly string[] {
  const before = existing.find((each) => each.name === name)?.sources ?? {};
  return [...new Set([...Object.keys(sources), ...Object.keys(before)])].filter((key) => sources[key] !== before[key]);
}

/** Returns the object of a key. `owner`: the object of the workload, which knows its own API version. */
export function objectOfKey(key: string, owner: string): NamedObject {
  const [kind = '', namespace, name = ''] = key.split(' ');
  const [apiVersion = 'v1', ...rest] = owner.split(' ');
  const isOwner = rest.join(' ') === `${kind} ${namespace} ${name}`;
  return { apiVersion: isOwner ? apiVersion : 'v1', kind, name };
}

export function shownKey(key: string, objects: ReadonlyMap<string, NamedObject>): string {
  return shownObject(objects.get(key) ?? objectOfKey(key, ''));
}
