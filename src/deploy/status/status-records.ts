import { toPodEvent, type ClusterEvent } from '../../clusters/pods/cluster-event.ts';
import type { ObservedPod, PodEvent } from '../../clusters/pods/observed-pod.ts';
import type { Pod } from '../../clusters/pods/pod-types.ts';
import type { WatchedObject } from './watched-object.ts';

/** An Event with the time of its last occurrence, by the cluster's clock. */
export interface RecordedEvent extends PodEvent {
  /** In milliseconds since 1970. Absent: the cluster does not tell. */
  readonly lastAt?: number;
}

interface TimedEvent extends ClusterEvent {
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string };
}

/** Everything that the watches of one status check received, by uid. Either of an object and its Events may come first. */
export class StatusRecords {
  readonly #objects = new Map<string, WatchedObject>();
  readonly #uidsByPlace = new Map<string, string>();
  readonly #children = new Map<string, Set<string>>();
  readonly #events = new Map<string, Map<string, RecordedEvent>>();

  /**
   * Adds an object, or its new state.
   * @param path of its kind, in its namespace
   * @returns its uid
   */
  set(path: string, object: WatchedObject): string {
    const { uid = object.metadata.name, name } = object.metadata;
    this.#objects.set(uid, object);
    this.#uidsByPlace.set(`${path}/${name}`, uid);
    const owner = ownerOf(object);
    if (owner !== undefined) this.#children.set(owner, (this.#children.get(owner) ?? new Set()).add(uid));
    return uid;
  }

  /** Forgets an object. Its name may be that of a newer one. */
  delete(path: string, uid: string): void {
    const object = this.#objects.get(uid);
    if (object === undefined) return;
    this.#objects.delete(uid);
    this.#events.delete(uid);
    const place = `${path}/${object.metadata.name}`;
    if (this.#uidsByPlace.get(place) === uid) this.#uidsByPlace.delete(place);
    const owner = ownerOf(object);
    if (owner !== undefined) this.#children.get(owner)?.delete(uid);
  }

  /** @returns the uid of the object that the Event is about */
  addEvent(event: TimedEvent, now: number): string | undefined {
    const uid = event.involvedObject?.uid;
    if (uid === undefined || event.reason === undefined) return undefined;
    const ofObject = this.#events.get(uid) ?? new Map<string, RecordedEvent>();
    const key = event.metadata.uid ?? event.metadata.name;
    const last = Date.parse(event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? '');
    // An Event that happens again is the last one again.
    ofObject.delete(key);
    ofObject.set(key, { ...toPodEvent(event, event.reason, now), ...(!Number.isNaN(last) && { lastAt: last }) });
    this.#events.set(uid, ofObject);
    return uid;
  }

  at(path: string, name: string): WatchedObject | undefined {
    return this.#objects.get(this.#uidsByPlace.get(`${path}/${name}`) ?? '');
  }

  /** Returns the objects that this one controls. */
  childrenOf({ metadata: { uid = '' } }: WatchedObject): readonly WatchedObject[] {
    return [...(this.#children.get(uid) ?? [])].flatMap((child) => this.#objects.get(child) ?? []);
  }

  /** Returns the Events of an object, the last one last. Lists are not in the order of time. */
  eventsOf({ metadata: { uid = '' } }: WatchedObject): readonly RecordedEvent[] {
    const events = [...(this.#events.get(uid)?.values() ?? [])];
    return events.sort(({ lastAt: one = 0 }, { lastAt: other = 0 }) => one - other);
  }

  observedPod(pod: WatchedObject): ObservedPod {
    return { pod: pod as Pod, events: this.eventsOf(pod) };
  }

  /** Returns an object and those that control it, as far as they are known. */
  chainOf(uid: string): readonly string[] {
    const chain = [uid];
    for (let owner = this.#ownerOf(uid); owner !== undefined && !chain.includes(owner); owner = this.#ownerOf(owner))
      chain.push(owner);
    return chain;
  }

  #ownerOf(uid: string): string | undefined {
    const object = this.#objects.get(uid);
    return object && ownerOf(object);
  }
}

/** Returns the uid of the object that controls this one. */
function ownerOf({ metadata: { ownerReferences = [] } }: WatchedObject): string | undefined {
  return ownerReferences.find(({ controller }) => controller === true)?.uid;
}
