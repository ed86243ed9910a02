import { ApiDiscovery } from '../../clusters/api/api-discovery.ts';
import { hasStatus } from '../../clusters/api/api-error.ts';
import { collectionPath } from '../../clusters/api/api-resource.ts';
import type { ClusterClient } from '../../clusters/api/cluster-client.ts';
import { retryTransient } from '../../clusters/api/retry.ts';
import { groupOf, type DeployedObject } from '../../model/artifact.ts';
import type { Clock } from '../../model/clock.ts';
import type { ContainerRef, ControllerRef } from '../../runtime/running-container.ts';
import { clusterFailure } from '../cluster-failure.ts';

/** The fields of an object that are used. */
interface Controlled {
  readonly metadata?: {
    readonly uid?: string;
    readonly ownerReferences?: readonly (ControllerRef & { readonly controller?: boolean })[];
  };
}

export interface ChainSource {
  readonly client: Pick<ClusterClient, 'json'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called for each kind of object that cannot be read. Its pods are then taken for those of others. */
  onUnreadable(kind: string, detail: string): void;
}

/** Controllers of controllers: Deployment, ReplicaSet, pod. Operators add a few. A circle ends here, too. */
const longestChain = 10;

/**
 * Finds out which pods belong to deployed objects: an object is one itself, or what controls it belongs to one. Reads
 * each controller once, of any kind.
 */
export class ControllerChains {
  readonly #deployed: ReadonlySet<string>;
  /** What controls an object, by its uid. */
  readonly #known = new Map<string, Promise<ControllerRef | undefined>>();
  readonly #unreadable = new Set<string>();
  readonly #discovery: ApiDiscovery;
  readonly #source: ChainSource;

  /** @param standard the namespace of objects that name none */
  constructor(objects: readonly DeployedObject[], standard: string, source: ChainSource) {
    this.#source = source;
    this.#discovery = new ApiDiscovery(source.client, source.clock, source.signal);
    this.#deployed = new Set(
      objects
        .filter(({ change }) => change !== 'removed')
        .map((object) => keyOf(object, object.name, object.namespace ?? standard)),
    );
  }

  /** Reports whether a pod belongs to a deployed object. Rejects for bugs, and on the signal. */
  async belongs({ group, namespace = '', controller }: ContainerRef): Promise<boolean> {
    if (this.#deployed.has(keyOf(podKind, group, namespace))) return true;
    let current = controller;
    for (let left = longestChain; current !== undefined && left > 0; left--) {
      if (this.#deployed.has(keyOf(current, current.name, namespace))) return true;
      const controllerOf = this.#known.get(current.uid) ?? this.#controllerOf(current, namespace);
      this.#known.set(current.uid, controllerOf);
      current = await controllerOf;
    }
    return false;
  }

  async #controllerOf(object: ControllerRef, namespace: string): Promise<ControllerRef | undefined> {
    const { metadata } = (await this.#read(object, namespace)) ?? {};
    return metadata?.ownerReferences?.find((owner) => owner.controller === true);
  }

  async #read(object: ControllerRef, namespace: string): Promise<Controlled | undefined> {
    const { client, clock, signal } = this.#source;
    try {
      const resource = await this.#discovery.resourceOf(object);
      if (resource === undefined) return undefined;
      const path = collectionPath(resource, resource.isNamespaced ? namespace : undefined);
      // Who may deploy may list, for the status check. `get` would be another permission.
      const query = { fieldSelector: `metadata.name=${object.name}` };
      const list = await retryTransient(
        clock,
        signal,
        async () => await client.json<{ readonly items: readonly Controlled[] }>('GET', path, { query, signal }),
      );
      return list.items.find(({ metadata }) => metadata?.uid === object.uid);
    } catch (error) {
      signal.throwIfAborted();
      // The kind was deleted, and its pods are being deleted.
      if (hasStatus(error, 404)) return undefined;
      const failure = clusterFailure(error);
      if (failure === undefined) throw error;
      const { kind } = object;
      if (!this.#unreadable.has(kind))
        this.#source.onUnreadable(kind, 'detail' in failure ? (failure.detail ?? '') : failure.code);
      this.#unreadable.add(kind);
      return undefined;
    }
  }
}

const podKind = { apiVersion: 'v1', kind: 'Pod' };

/** Versions of one group serve the same objects. */
function keyOf(object: Pick<DeployedObject, 'apiVersion' | 'kind'>, name: string, namespace: string): string {
  return [groupOf(object), object.kind, namespace, name].join('\n');
}
