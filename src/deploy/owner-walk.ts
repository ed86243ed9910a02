import { ApiDiscovery } from '../clusters/api/api-discovery.ts';
import type { Asker } from '../clusters/api/pages-of.ts';
import { nameSelectorOf } from '../clusters/api/selectors.ts';
import type { OwnerReference, PodMetadata } from '../clusters/pods/pod-types.ts';
import { remembered } from '../util/remembered.ts';
import { listObjects } from './cluster/list-objects.ts';
import type { LiveMetadata } from './cluster/live-object.ts';

/** What tells the objects of a deploy from others. */
export type OwnerMetadata = Pick<PodMetadata, 'uid' | 'labels' | 'annotations' | 'ownerReferences'> &
  Pick<LiveMetadata, 'managedFields'>;

/** Which objects are the deploy's own, and which way leads to them. */
export interface OwnerRules {
  /** Reports whether an object that was read is the deploy's own. */
  readonly isOurs?: (metadata: OwnerMetadata) => boolean;
  /** Reports the same of an owner that was not read. */
  readonly isOurReference?: (owner: OwnerReference, namespace: string) => boolean;
  /** Reports whether to go on to an owner. Absent: to each. */
  readonly follows?: (owner: OwnerReference) => boolean;
  /** Called if an owner cannot be read; then the walk does not pass it. Absent, or if it throws: the walk throws. */
  readonly onUnreadable?: (owner: OwnerReference, error: unknown) => void;
}

/** Owners of owners beyond this are not looked at. A Deployment of a custom resource is three above its pods. */
const highest = 10;

/** Each run of a CronJob is another Job. */
const mostKnown = 1_000;

/**
 * Finds out whether objects belong to a deploy by what owns them (kubernetes.io, "Owners and Dependents"). Reads each
 * owner once, of any kind, unless there are thousands. What could not be read is read again for the next object.
 */
export class OwnerWalk {
  readonly #asker: Asker;
  readonly #rules: OwnerRules;
  readonly #discovery: ApiDiscovery;
  readonly #known = new Map<string, Promise<OwnerMetadata | undefined>>();

  constructor(asker: Asker, rules: OwnerRules) {
    this.#asker = asker;
    this.#rules = rules;
    this.#discovery = new ApiDiscovery(asker.client, asker.clock, asker.signal);
  }

  /** Reports whether an object is the deploy's own, or belongs to one that is. Throws the client's errors. */
  async belongs(metadata: Omit<OwnerMetadata, 'uid'>, namespace: string, height = 0): Promise<boolean> {
    const { isOurs, isOurReference, follows = () => true } = this.#rules;
    if (isOurs?.(metadata) === true) return true;
    if (height >= highest) return false;
    for (const owner of (metadata.ownerReferences ?? []).filter(follows)) {
      if (isOurReference?.(owner, namespace) === true) return true;
      const found = await this.#read(owner, namespace);
      if (found !== undefined && (await this.belongs(found, namespace, height + 1))) return true;
    }
    return false;
  }

  async #read(owner: OwnerReference, namespace: string): Promise<OwnerMetadata | undefined> {
    try {
      return await remembered(this.#known, owner.uid, async () => await this.#find(owner, namespace), mostKnown);
    } catch (error) {
      this.#asker.signal.throwIfAborted();
      if (this.#rules.onUnreadable === undefined) throw error;
      this.#rules.onUnreadable(owner, error);
      return undefined;
    }
  }

  /** Lists instead of getting: deploys need `list` of their kinds for other things, but not `get`. */
  async #find(owner: OwnerReference, namespace: string): Promise<OwnerMetadata | undefined> {
    const resource = await this.#discovery.resourceOf(owner);
    if (resource === undefined) return undefined;
    const found = await listObjects(this.#asker, resource, {
      ...{ namespace: resource.isNamespaced ? namespace : undefined },
      fieldSelector: nameSelectorOf(owner.name),
    });
    // API servers send whole references.
    return found.find(({ metadata }) => metadata.uid === owner.uid)?.metadata as OwnerMetadata | undefined;
  }
}
