import { ApiDiscovery } from '../../clusters/api/api-discovery.ts';
import { collectionPath } from '../../clusters/api/api-resource.ts';
import type { DeployedObject } from '../../model/artifact.ts';
import type { Clock } from '../../model/clock.ts';
import type { TargetCluster } from '../../runtime/target-cluster.ts';
import { waitedKindOf, type WaitedKind } from './waited-kinds.ts';

/** A deployed object that becomes ready some time after it exists. */
export interface WaitedResource {
  readonly object: DeployedObject;
  readonly kind: WaitedKind;
  /** The API path of its kind, in its namespace if it has one. */
  readonly path: string;
  readonly namespace?: string;
}

/**
 * Returns the objects that have to become ready. Asks the cluster only for kinds that are not its own. An object whose kind the
 * cluster does not know is left out: nobody could report its state. Throws the client's errors.
 */
export async function waitedResources(
  { client, namespace: standard }: TargetCluster,
  objects: readonly DeployedObject[],
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly WaitedResource[]> {
  const discovery = new ApiDiscovery(client, clock, signal);
  const found = await Promise.all(
    objects.map(async (object): Promise<readonly WaitedResource[]> => {
      const kind = object.change === 'removed' ? undefined : waitedKindOf(object);
      if (kind === undefined) return [];
      const { plural, isInNamespace = object.namespace !== undefined } = kind;
      const { apiVersion } = object;
      const resource =
        plural === undefined
          ? await discovery.resourceOf(object)
          : { apiVersion, kind: object.kind, plural, isNamespaced: isInNamespace };
      if (resource === undefined) return [];
      const namespace = resource.isNamespaced ? (object.namespace ?? standard) : undefined;
      const path = collectionPath(resource, namespace);
      return [{ object, kind, path, ...(namespace !== undefined && { namespace }) }];
    }),
  );
  return found.flat();
}
