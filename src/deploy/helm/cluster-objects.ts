import { ApiDiscovery } from '../../clusters/api/api-discovery.ts';
import { hasStatus } from '../../clusters/api/api-error.ts';
import { objectPath } from '../../clusters/api/api-resource.ts';
import type { ClusterClient } from '../../clusters/api/cluster-client.ts';
import { succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import { cancelledOrFailed } from '../../runtime/error-outcome.ts';
import { inParallel } from '../../util/in-parallel.ts';
import { clusterFailure } from '../cluster-failure.ts';
import type { Manifest } from '../kubernetes-object.ts';
import { identityOf, type ObjectIdentity, type ReleasedObject } from './released-objects.ts';

export interface FoundObjects {
  readonly all: readonly ReleasedObject[];
  /** Those that the cluster does not have. */
  readonly missing: ReadonlySet<ReleasedObject>;
}

/** How many requests are sent at the same time. */
const parallel = 8;

/** The objects of one release in the cluster. Failures of all methods: `forbidden`, `runtime-lost`, `unsupported`. */
export class ClusterObjects {
  readonly #discovery: ApiDiscovery;

  constructor(
    readonly client: ClusterClient,
    /** Of the release, for objects that name none. */
    readonly namespace: string,
    readonly work: Work,
  ) {
    this.#discovery = new ApiDiscovery(client, work.clock, work.signal);
  }

  /** Returns what the cluster calls these objects. */
  async identify(manifests: readonly Manifest[]): Promise<Outcome<readonly ReleasedObject[]>> {
    return await this.#asked(async () => await this.#identify(manifests));
  }

  async find(manifests: readonly Manifest[]): Promise<Outcome<FoundObjects>> {
    return await this.#asked(async () => {
      const all = await this.#identify(manifests);
      const missing = new Set<ReleasedObject>();
      await inParallel(all, parallel, async (object) => {
        if (!(await this.#exists(object.identity))) missing.add(object);
      });
      return { all, missing };
    });
  }

  /** Deletes an object. Not an error if it does not exist. */
  async delete(manifest: Manifest): Promise<Outcome> {
    return await this.#asked(async () => {
      for (const { identity } of await this.#identify([manifest])) {
        const path = await this.#pathOf(identity);
        if (path === undefined) continue;
        const query = { propagationPolicy: 'Background' };
        await this.client.json('DELETE', path, { query, signal: this.work.signal }).catch(unlessMissing);
      }
    });
  }

  async #identify(manifests: readonly Manifest[]): Promise<readonly ReleasedObject[]> {
    return await inParallel(manifests, parallel, async (manifest) => {
      // An object whose kind is gone was most likely in the namespace of its release.
      const isNamespaced = (await this.#discovery.resourceOf(manifest.object))?.isNamespaced ?? true;
      return { manifest, identity: identityOf(manifest.object, isNamespaced ? this.namespace : undefined) };
    });
  }

  async #exists(identity: ObjectIdentity): Promise<boolean> {
    const path = await this.#pathOf(identity);
    if (path === undefined) return false;
    const found = await this.client.json('GET', path, { signal: this.work.signal }).catch(unlessMissing);
    return found !== undefined;
  }

  async #pathOf({ apiVersion, kind, name, namespace }: ObjectIdentity): Promise<string | undefined> {
    const resource = await this.#discovery.resourceOf({ apiVersion, kind });
    return resource && objectPath(resource, name, namespace);
  }

  async #asked<T>(ask: () => Promise<T>): Promise<Outcome<T>> {
    const { signal } = this.work;
    try {
      return succeeded(await ask());
    } catch (error) {
      return cancelledOrFailed(error, signal, clusterFailure);
    }
  }
}

function unlessMissing(error: unknown): undefined {
  if (!hasStatus(error, 404)) throw error;
}
