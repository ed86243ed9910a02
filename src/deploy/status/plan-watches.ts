import { nameSelectorOf } from '../../clusters/api/selectors.ts';
import type { WatchTarget } from '../../clusters/api/watch.ts';
import type { WaitedResource } from './waited-resource.ts';

/** One watch of a status check. */
export interface PlannedWatch {
  readonly target: WatchTarget;
  readonly namespace?: string;
  /** What it reports. `resources`: only objects that are waited for. */
  readonly of: 'resources' | 'replicaSets' | 'pods' | 'events';
  /** Without it nothing is known of some resources. The others only tell reasons. */
  readonly isNeeded: boolean;
}

/**
 * Plans one watch for each resource type and namespace, and those of the pods, ReplicaSets and Events that tell reasons. A single
 * object of a type is watched alone.
 */
export function planWatches(resources: readonly WaitedResource[]): readonly PlannedWatch[] {
  const planned = new Map<string, PlannedWatch>();
  for (const { path, namespace } of resources) {
    const names = new Set(resources.filter((each) => each.path === path).map(({ object }) => object.name));
    const [only] = names;
    const fieldSelector = only !== undefined && names.size === 1 ? { fieldSelector: nameSelectorOf(only) } : {};
    const of = namespace === undefined ? {} : { namespace };
    planned.set(path, { target: { path, ...fieldSelector }, ...of, of: 'resources', isNeeded: true });
  }
  const add = (path: string, of: PlannedWatch['of'], namespace: string) =>
    planned.set(path, { target: { path }, namespace, of, isNeeded: planned.get(path)?.isNeeded === true });
  for (const { namespace, kind } of resources) {
    if (namespace === undefined || kind.plural === undefined) continue;
    const core = `/api/v1/namespaces/${namespace}`;
    if (kind.pods !== undefined) add(`${core}/pods`, 'pods', namespace);
    if (kind.pods === 'throughReplicaSets')
      add(`/apis/apps/v1/namespaces/${namespace}/replicasets`, 'replicaSets', namespace);
    add(`${core}/events`, 'events', namespace);
  }
  return [...planned.values()];
}
