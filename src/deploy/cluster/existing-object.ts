import type { ApiResource } from '../../clusters/api/api-resource.ts';
import { labelSelectorOf, nameSelectorOf } from '../../clusters/api/selectors.ts';
import { shownObject } from '../kubernetes-object.ts';
import { idLabel, setNameAnnotation } from './apply-set.ts';
import type { SetRecord } from './claim-of.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { askForObjects, listObjects } from './list-objects.ts';
import type { LiveObject } from './live-object.ts';

/**
 * Returns an object without its content; `undefined` if it does not exist. Lists, so that deploys need no permission to
 * get objects. Throws the client's errors.
 */
export async function existingObject(
  access: ClusterAccess,
  resource: ApiResource,
  { name, namespace }: { readonly name: string; readonly namespace: string | undefined },
): Promise<LiveObject | undefined> {
  // A kind that the deploy has just defined may not be served yet. Then it has no objects.
  const [found] = await listObjects(access, resource, { namespace, fieldSelector: nameSelectorOf(name) });
  return found;
}

/** Kinds whose objects are records of ApplySets, of Slipway or of `kubectl`. */
const recordKinds: readonly ApiResource[] = [
  { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', isNamespaced: true },
  { apiVersion: 'v1', kind: 'Secret', plural: 'secrets', isNamespaced: true },
];

/**
 * Looks for the record of a set in the whole cluster, or where it may look. Throws the client's errors.
 * @param namespace where to look for it if the whole cluster may not be seen
 */
export async function recordOfSet(
  access: ClusterAccess,
  id: string,
  namespace: string | undefined,
): Promise<SetRecord> {
  // Another tool may have written anything into the label.
  if (!/^[\w.-]+$/.test(id)) return 'unknown';
  let isSeen = true;
  for (const resource of recordKinds)
    for (const where of namespace === undefined ? [undefined] : [undefined, namespace]) {
      const answer = await askForObjects(access, resource, {
        namespace: where,
        labelSelector: labelSelectorOf({ [idLabel]: id }),
      });
      if ('refusal' in answer) {
        isSeen = false;
        continue;
      }
      const [record] = answer.value;
      if (record === undefined) break;
      const { name, namespace: found = '', annotations } = record.metadata;
      const shown = shownObject({ ...resource, name });
      return { name: annotations?.[setNameAnnotation] ?? name, namespace: found, record: shown };
    }
  return isSeen ? 'none' : 'unknown';
}
