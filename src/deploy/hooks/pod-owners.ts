import { ApiDiscovery } from '../../clusters/api/api-discovery.ts';
import type { ClusterClient } from '../../clusters/api/cluster-client.ts';
import type { OwnerReference, PodMetadata } from '../../clusters/pods/pod-types.ts';
import type { Clock } from '../../model/clock.ts';
import { listObjects } from '../cluster/list-objects.ts';

/** What tells the objects of a deploy from others. */
export type OwnerMetadata = Pick<PodMetadata, 'uid' | 'labels' | 'annotations' | 'ownerReferences'>;

/** Owners of owners beyond this are not looked at. A Deployment of a custom resource is three above its pods. */
const highest = 8;

/** Finds out whether pods belong to a deploy. Asks for each owner once. Throws the client's errors. */
export class PodOwners {
  readonly #client: ClusterClient;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #isOurs: (metadata: OwnerMetadata) => boolean;
  readonly #discovery: ApiDiscovery;
  readonly #known = new Map<string, Promise<OwnerMetadata | undefined>>();

  constructor(client: ClusterClient, clock: Clock, signal: AbortSignal, isOurs: (metadata: OwnerMetadata) => boolean) {
    this.#client = client;
    this.#clock = clock;
    this.#signal = signal;
    this.#isOurs = isOurs;
    this.#discovery = new ApiDiscovery(client, clock, signal);
  }

  /** Reports whether the deploy made an object: it has the deploy's marks itself, or one of its owners has. */
  async areOurs(metadata: OwnerMetadata, namespace: string, height = 0): Promise<boolean> {
    if (this.#isOurs(metadata)) return true;
    if (height >= highest) return false;
    for (const owner of metadata.ownerReferences ?? []) {
      const known = this.#known.get(owner.uid) ?? this.#read(owner, namespace);
      this.#known.set(owner.uid, known);
      const found = await known;
      if (found !== undefined && (await this.areOurs(found, namespace, height + 1))) return true;
    }
    return false;
  }

  /** Lists instead of getting: deploys need `list` of their kinds for other things, but not `get`. */
  async #read(owner: OwnerReference, namespace: string): Promise<OwnerMetadata | undefined> {
    const resource = await this.#discovery.resourceOf(owner);
    if (resource === undefined) return undefined;
    const asker = { client: this.#client, clock: this.#clock, signal: this.#signal };
    const found = await listObjects(asker, resource, {
      ...{ namespace: resource.isNamespaced ? namespace : undefined },
      fieldSelector: `metadata.name=${owner.name}`,
    });
    // API servers send whole references.
    return found.find(({ metadata }) => metadata.uid === owner.uid)?.metadata as OwnerMetadata | undefined;
  }
}
