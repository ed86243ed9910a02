import type { Clock } from '../../model/clock.ts';
import type { DeployedObject } from '../../model/artifact.ts';
import { hasStatus } from '../../clusters/api/api-error.ts';
import type { ClusterClient } from '../../clusters/api/cluster-client.ts';
import { retryTransient } from '../../clusters/api/retry.ts';
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

/** The fields of an `APIResourceList` that are used (k8s.io/apimachinery, meta/v1). */
interface ResourceList {
  readonly resources?: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
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
  const lists = new Map<string, Promise<ResourceList>>();
  const listOf = (apiVersion: string) => {
    const known =
      lists.get(apiVersion) ?? retryTransient(clock, signal, () => resourceList(client, apiVersion, signal));
    lists.set(apiVersion, known);
    return known;
  };
  const found = await Promise.all(
    objects.map(async (object): Promise<readonly WaitedResource[]> => {
      const kind = object.change === 'removed' ? undefined : waitedKindOf(object);
      if (kind === undefined) return [];
      const { plural, isInNamespace = object.namespace !== undefined } = kind;
      const served =
        plural === undefined
          ? (await listOf(object.apiVersion)).resources?.find(
              ({ kind: each, name }) => each === object.kind && !name.includes('/'),
            )
          : { name: plural, namespaced: isInNamespace };
      if (served === undefined) return [];
      const namespace = served.namespaced ? (object.namespace ?? standard) : undefined;
      const within = namespace === undefined ? '' : `/namespaces/${namespace}`;
      const path = `${versionPath(object.apiVersion)}${within}/${served.name}`;
      return [{ object, kind, path, ...(namespace !== undefined && { namespace }) }];
    }),
  );
  return found.flat();
}

async function resourceList(client: ClusterClient, apiVersion: string, signal: AbortSignal): Promise<ResourceList> {
  try {
    return await client.json<ResourceList>('GET', versionPath(apiVersion), { signal });
  } catch (error) {
    if (hasStatus(error, 404)) return {};
    throw error;
  }
}

function versionPath(apiVersion: string): string {
  return `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`;
}
