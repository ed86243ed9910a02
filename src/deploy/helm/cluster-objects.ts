import { ApiError, ClusterLost, hasStatus, LoginFailed } from '../../clusters/api/api-error.ts';
import type { ClusterClient } from '../../clusters/api/cluster-client.ts';
import { cancelledBy, failed, succeeded, type Failure, type Outcome } from '../../model/outcome.ts';
import type { KubernetesObject, Manifest } from '../kubernetes-object.ts';
import { identityOf, type ObjectIdentity } from './released-objects.ts';

interface Resource {
  /** `deployments`. */
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export interface FoundObjects {
  /** In the order of the release. */
  readonly all: readonly ObjectIdentity[];
  /** Those that the cluster does not have. */
  readonly missing: readonly ObjectIdentity[];
}

type ObjectKind = Pick<KubernetesObject, 'apiVersion' | 'kind'>;

/** How many requests are sent at the same time. */
const parallel = 8;

/** The objects of a cluster, by the kinds that it has.  */
export class ClusterObjects {
  readonly #kinds = new Map<string, readonly Resource[]>();

  constructor(
    readonly client: ClusterClient,
    readonly signal: AbortSignal,
  ) {}

  /** Asks for the kinds of these objects, once for each version of an API. Failures: `forbidden`, `runtime-lost`. */
  async learn(manifests: readonly Manifest[]): Promise<Outcome> {
    return await asked(async () => await this.#learn(manifests.map(({ object }) => object.apiVersion)), this.signal);
  }

  /** Reports whether the objects of a kind belong to a namespace. Those of a kind that the cluster does not have do. */
  readonly isNamespaced = (object: ObjectKind): boolean => this.#resourceOf(object)?.namespaced ?? true;

  /**
   * Looks for the objects of a release. Failures: `forbidden`, `runtime-lost`.
   * @param namespace of the release
   */
  async find(manifests: readonly Manifest[], namespace: string): Promise<Outcome<FoundObjects>> {
    return await asked(async () => {
      await this.#learn(manifests.map(({ object }) => object.apiVersion));
      const all = manifests.map(({ object }) => identityOf(object, { namespace, isNamespaced: this.isNamespaced }));
      const missing = new Set<ObjectIdentity>();
      await inParallel(all, async (object) => {
        const path = this.#pathOf(object);
        if (path === undefined || !(await this.#get(path))) missing.add(object);
      });
      return { all, missing: all.filter((object) => missing.has(object)) };
    }, this.signal);
  }

  /** Deletes an object. Not an error if it does not exist. Failures: `forbidden`, `runtime-lost`. */
  async delete(manifest: Manifest, namespace: string): Promise<Outcome> {
    return await asked(async () => {
      await this.#learn([manifest.object.apiVersion]);
      const path = this.#pathOf(identityOf(manifest.object, { namespace, isNamespaced: this.isNamespaced }));
      if (path === undefined) return;
      try {
        await this.client.json('DELETE', path, { query: { propagationPolicy: 'Background' }, signal: this.signal });
      } catch (error) {
        if (!hasStatus(error, 404)) throw error;
      }
    }, this.signal);
  }

  async #learn(apiVersions: readonly string[]): Promise<void> {
    const unknown = new Set(apiVersions.filter((version) => !this.#kinds.has(version)));
    await inParallel([...unknown], async (version) => {
      const list = await this.#get<{ resources: readonly Resource[] }>(rootOf(version));
      // A name with a slash is a part of another resource, such as `pods/log`.
      this.#kinds.set(version, list?.resources.filter(({ name }) => !name.includes('/')) ?? []);
    });
  }

  async #get<T>(path: string): Promise<T | undefined> {
    try {
      return await this.client.json<T>('GET', path, { signal: this.signal });
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    }
  }

  #resourceOf({ apiVersion, kind }: ObjectKind): Resource | undefined {
    return this.#kinds.get(apiVersion)?.find((resource) => resource.kind === kind);
  }

  #pathOf(object: ObjectIdentity): string | undefined {
    const resource = this.#resourceOf(object);
    if (!resource) return undefined;
    const namespace = resource.namespaced ? `/namespaces/${encodeURIComponent(object.namespace ?? 'default')}` : '';
    return `${rootOf(object.apiVersion)}${namespace}/${resource.name}/${encodeURIComponent(object.name)}`;
  }
}

/** Returns the outcome of requests. Failures: `forbidden`, `runtime-lost`. */
async function asked<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<Outcome<T>> {
  try {
    return succeeded(await ask());
  } catch (error) {
    if (signal.aborted) return cancelledBy(signal);
    const failure = failureOf(error);
    if (!failure) throw error;
    return failed(failure);
  }
}

function failureOf(error: unknown): Failure | undefined {
  if (error instanceof LoginFailed)
    return { code: 'forbidden', detail: `cannot log in to the cluster: ${error.message}` };
  if (error instanceof ClusterLost) return { code: 'runtime-lost', detail: error.message, by: 'cluster' };
  if (!(error instanceof ApiError)) return undefined;
  if (error.status === 401 || error.status === 403) return { code: 'forbidden', detail: error.said };
  return { code: 'runtime-lost', detail: `the cluster responded: ${error.said}`, by: 'cluster' };
}

function rootOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

async function inParallel<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, worker));
}
