import type { Clock } from '../../../model/clock.ts';
import type { PodEvent } from './observed-pod.ts';
import type { Pod } from './pod-types.ts';

/** The fields of an Event that identify its pod and its time (core/v1). */
export interface ClusterEvent {
  readonly metadata: { readonly name: string; readonly uid?: string; readonly resourceVersion?: string };
  readonly involvedObject?: {
    readonly kind?: string;
    readonly name?: string;
    readonly uid?: string;
    readonly fieldPath?: string;
  };
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly series?: { readonly count?: number };
}

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

interface Kept {
  pod?: Pod;
  seenAt?: number;
  deleted?: true;
  readonly events: Map<string, PodEvent>;
}

/** Records what the watches received, by pod uid. Each change names its pod's uid. */
export class PodRecords {
  /** Our pods that exist. */
  readonly #present = new Map<string, Kept>();
  /** Other pods, oldest first. */
  readonly #unknownPods = new Map<string, Kept>();

  /** @param wanted reports whether records of this unknown pod must be kept */
  constructor(
    private readonly clock: Clock,
    private readonly wanted: (uid: string) => boolean,
  ) {}

  of(uid: string): PodRecord | undefined {
    const kept = this.#present.get(uid) ?? this.#unknownPods.get(uid);
    return (
      kept && {
        ...(kept.pod && { pod: kept.pod }),
        ...(kept.seenAt !== undefined && { seenAt: kept.seenAt }),
        ...(kept.deleted && { deleted: true }),
        events: [...kept.events.values()],
      }
    );
  }

  /** Returns the uid of the existing pod with this name. */
  named(name: string): string | undefined {
    for (const [uid, { pod }] of this.#present) if (pod?.metadata.name === name) return uid;
    return undefined;
  }

  saw(pod: Pod): string | undefined {
    const { uid } = pod.metadata;
    if (uid === undefined) return undefined;
    const kept = this.#take(uid);
    kept.pod = pod;
    kept.seenAt = this.clock.now();
    delete kept.deleted;
    this.#present.set(uid, kept);
    return uid;
  }

  lost(uid: string): string {
    const kept = this.#take(uid);
    kept.deleted = true;
    this.#setAside(uid, kept);
    return uid;
  }

  heard(event: ClusterEvent): string | undefined {
    const uid = event.involvedObject?.uid;
    if (uid === undefined || event.reason === undefined) return undefined;
    let kept = this.#present.get(uid) ?? this.#unknownPods.get(uid);
    if (kept === undefined) this.#setAside(uid, (kept = { events: new Map() }));
    const key = event.metadata.uid ?? event.metadata.name;
    kept.events.set(key, toPodEvent(event, event.reason, kept.events.get(key)?.at ?? this.clock.now()));
    if (kept.events.size > maxEvents) kept.events.delete(kept.events.keys().next().value as string);
    return uid;
  }

  clear(): void {
    this.#present.clear();
    this.#unknownPods.clear();
  }

  #take(uid: string): Kept {
    const kept = this.#present.get(uid) ?? this.#unknownPods.get(uid) ?? { events: new Map<string, PodEvent>() };
    this.#present.delete(uid);
    this.#unknownPods.delete(uid);
    return kept;
  }

  #setAside(uid: string, kept: Kept): void {
    this.#unknownPods.set(uid, kept);
    for (const stranger of this.#unknownPods.keys()) {
      if (this.#unknownPods.size <= maxUnknownPods) return;
      if (stranger !== uid && !this.wanted(stranger)) this.#unknownPods.delete(stranger);
    }
  }
}

function toPodEvent(
  { type, message, involvedObject, series, count }: ClusterEvent,
  reason: string,
  at: number,
): PodEvent {
  const times = series?.count ?? count;
  const fieldPath = involvedObject?.fieldPath;
  return {
    type: type ?? 'Normal',
    reason,
    message: message ?? '',
    at,
    ...(fieldPath !== undefined && { fieldPath }),
    ...(times !== undefined && times > 1 && { count: times }),
  };
}
