import { remembered } from '../../util/remembered.ts';
import { hasStatus } from './api-error.ts';
import type { ClusterClient } from './cluster-client.ts';
import { retryTransient } from './retry.ts';
import type { Clock } from '../../model/clock.ts';
import { versionPath, type ApiResource } from './api-resource.ts';

/** The fields of an `APIResourceList` that are used (k8s.io/apimachinery, meta/v1). */
interface ResourceList {
  readonly resources?: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

/** The fields of an `APIGroup` that are used. */
interface Group {
  readonly preferredVersion?: { readonly groupVersion: string };
  readonly versions?: readonly { readonly groupVersion: string }[];
}

/** Finds out how kinds are served. Asks for each group and version once. Throws the client's errors. */
export class ApiDiscovery {
  readonly #client: Pick<ClusterClient, 'json'>;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #versions = new Map<string, Promise<readonly ApiResource[]>>();
  readonly #groups = new Map<string, Promise<readonly string[]>>();

  constructor(client: Pick<ClusterClient, 'json'>, clock: Clock, signal: AbortSignal) {
    this.#client = client;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Returns `undefined` if the cluster has no such kind. */
  async resourceOf({ apiVersion, kind }: Pick<ApiResource, 'apiVersion' | 'kind'>): Promise<ApiResource | undefined> {
    return (await this.#resourcesOf(apiVersion)).find((resource) => resource.kind === kind);
  }

  /**
   * Returns the resource of a kind whose version is unknown: that of the version that the cluster prefers, if it has
   * the kind.
   * @param groupKind as ApplySets name it: `Deployment.apps`
   */
  async preferredResource(groupKind: string): Promise<ApiResource | undefined> {
    const [kind = '', ...group] = groupKind.split('.');
    for (const apiVersion of group.length === 0 ? ['v1'] : await this.#versionsOf(group.join('.'))) {
      const resource = await this.resourceOf({ apiVersion, kind });
      if (resource !== undefined) return resource;
    }
    return undefined;
  }

  /** Asks again for the kinds of a group and version: a new definition may have added some. */
  forget(apiVersion: string): void {
    this.#versions.delete(apiVersion);
  }

  #resourcesOf(apiVersion: string): Promise<readonly ApiResource[]> {
    return remembered(this.#versions, apiVersion, async () => {
      const list = await this.#get<ResourceList>(versionPath(apiVersion));
      return (list?.resources ?? [])
        .filter(({ name }) => !name.includes('/'))
        .map(({ name, kind, namespaced }) => ({ apiVersion, kind, plural: name, isNamespaced: namespaced }));
    });
  }

  /** Returns the versions of a group, the preferred one first. */
  #versionsOf(group: string): Promise<readonly string[]> {
    return remembered(this.#groups, group, async () => {
      const { preferredVersion, versions = [] } = (await this.#get<Group>(`/apis/${group}`)) ?? {};
      const all = [preferredVersion, ...versions].flatMap((version) => (version ? [version.groupVersion] : []));
      return [...new Set(all)];
    });
  }

  async #get<T>(path: string): Promise<T | undefined> {
    return await retryTransient(this.#clock, this.#signal, async () => {
      try {
        return await this.#client.json<T>('GET', path, { signal: this.#signal });
      } catch (error) {
        if (hasStatus(error, 404)) return undefined;
        throw error;
      }
    });
  }
}
