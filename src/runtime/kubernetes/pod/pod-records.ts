import { toPodEvent, type ClusterEvent } from '../../../clusters/pods/cluster-event.ts';
import type { Clock } from '../../../model/clock.ts';
import type { PodEvent } from '../../../clusters/pods/observed-pod.ts';
import type { Pod } from '../../../clusters/pods/pod-types.ts';

/** Everything received about one pod. */
export interface PodRecord {
  readonly pod?: Pod;
  readonly deleted?: true;
  readonly events: readonly PodEvent[];
  readonly seenAt?: number;
}

/** The maximum number of remembered pods that are not known to be ours. Events may arrive before their pod. */
const maxUnknownPods = 500;
/** The maximum number of Events per pod. A repeated Event counts as one. */
const maxEvents = 200;

interface StoredRecord {
  pod?: Pod;
  seenAt?: number;
  deleted?: true;
  readonly events: Map<string, PodEvent>;
}

/** Records what the watches received, by pod uid. Each change names its pod's uid. */
export class PodRecords {
  /** Our pods that exist. */
  readonly #existing = new Map<string, StoredRecord>();
  /** Other pods, oldest first. */
  readonly #unknownPods = new Map<string, StoredRecord>();
  readonly #clock: Clock;
  readonly #wanted: (uid: string) => boolean;

  /** @param wanted reports whether records of this unknown pod must be kept */
  constructor(clock: Clock, wanted: (uid: string) => boolean) {
    this.#clock = clock;
    this.#wanted = wanted;
  }

  get(uid: string): PodRecord | undefined {
    const record = this.#existing.get(uid) ?? this.#unknownPods.get(uid);
    return (
      record && {
        ...(record.pod && { pod: record.pod }),
        ...(record.seenAt !== undefined && { seenAt: record.seenAt }),
        ...(record.deleted && { deleted: true }),
        events: [...record.events.values()],
      }
    );
  }

  /** Returns the uid of the existing pod with this name. */
  uidByName(name: string): string | undefined {
    for (const [uid, { pod }] of this.#existing) if (pod?.metadata.name === name) return uid;
    return undefined;
  }

  setPod(pod: Pod): string | undefined {
    const { uid } = pod.metadata;
    if (uid === undefined) return undefined;
    const record = this.#takeRecord(uid);
    record.pod = pod;
    record.seenAt = this.#clock.now();
    delete record.deleted;
    this.#existing.set(uid, record);
    return uid;
  }

  setDeleted(uid: string): string {
    const record = this.#takeRecord(uid);
    record.deleted = true;
    this.#keepUnknown(uid, record);
    return uid;
  }

  addEvent(event: ClusterEvent): string | undefined {
    const uid = event.involvedObject?.uid;
    if (uid === undefined || event.reason === undefined) return undefined;
    let record = this.#existing.get(uid) ?? this.#unknownPods.get(uid);
    if (record === undefined) this.#keepUnknown(uid, (record = { events: new Map() }));
    const key = event.metadata.uid ?? event.metadata.name;
    record.events.set(key, toPodEvent(event, event.reason, record.events.get(key)?.at ?? this.#clock.now()));
    if (record.events.size > maxEvents) record.events.delete(record.events.keys().next().value as string);
    return uid;
  }

  clear(): void {
    this.#existing.clear();
    this.#unknownPods.clear();
  }

  #takeRecord(uid: string): StoredRecord {
    const record = this.#existing.get(uid) ?? this.#unknownPods.get(uid) ?? { events: new Map<string, PodEvent>() };
    this.#existing.delete(uid);
    this.#unknownPods.delete(uid);
    return record;
  }

  #keepUnknown(uid: string, record: StoredRecord): void {
    this.#unknownPods.set(uid, record);
    for (const other of this.#unknownPods.keys()) {
      if (this.#unknownPods.size <= maxUnknownPods) return;
      if (other !== uid && !this.#wanted(other)) this.#unknownPods.delete(other);
    }
  }
}
