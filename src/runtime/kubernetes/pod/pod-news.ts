import type { Pod } from './pod-types.ts';

/** What of an Event of Kubernetes is used (core/v1). */
export interface PodEvent {
  readonly type: 'Normal' | 'Warning' | (string & {});
  /** `Scheduled`, `Started`, `FailedScheduling`, `Failed`, `BackOff`, `FailedMount`, … */
  readonly reason: string;
  readonly message: string;
  /** `spec.containers{step}`; absent: of the whole pod. */
  readonly fieldPath?: string;
  /** When it was heard of first, by our own clock, in milliseconds since 1970: clocks of nodes are not ours. */
  readonly at?: number;
  /** How often it has happened, as the cluster adds it up; absent: once. */
  readonly count?: number;
}

/** All that the cluster has told of one pod so far, by its own state and by Events: whichever speaks first. */
export interface PodNews {
  /** Absent: not seen yet. The last state that was seen stays after it was deleted. */
  readonly pod?: Pod;
  /** When this state of it was heard, by our own clock: the cluster's is not ours. */
  readonly seenAt?: number;
  /** It was there, and is not any more. */
  readonly deleted?: true;
  /** Since it was created, in the order in which they came. */
  readonly events: readonly PodEvent[];
  /**
   * Since when its state could not be heard of, in milliseconds since 1970; absent: it is heard of. Events alone tell
   * no end.
   */
  readonly deafSince?: number;
  /** Why, in the words of whoever refused or of the connection's end; there with `deafSince`. */
  readonly deafBecause?: string;
}

/** What news mean to whoever waits: something, or that more has to be awaited, at most for so long. */
export type Judgement<T> = { readonly settled: T } | { readonly lookAgainInMs?: number };

export interface PodFollower extends Disposable {
  readonly news: PodNews;
  /**
   * Which pod it is, for who began to follow before it was made: from now on no other one of the name, and no Event of
   * one.
   */
  is(uid: string): void;
  /** The first thing that the news mean, from those that there are already on. Rejects with the signal's reason. */
  until<T>(judge: (news: PodNews) => Judgement<T>, signal: AbortSignal): Promise<T>;
}

/**
 * Hears of pods and their Events for everybody in this process who asks: one watch of each, however many pods there
 * are.
 */
export interface PodWatcher {
  /**
   * @param uid of the pod, once it is known: another one of the same name is not it; absent: the one of the name that
   *   was made last
   * @param run the value of its label `slipway.dev/run`: only that run's pods are heard of then, not all that Slipway
   *   has here
   */
  follow(name: string, uid?: string, run?: string): PodFollower;
  close(): void;
}
