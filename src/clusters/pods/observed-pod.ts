import type { Pod } from './pod-types.ts';

/** The fields of a Kubernetes Event that are used (core/v1). */
export interface PodEvent {
  readonly type: 'Normal' | 'Warning' | (string & {});
  /** `Scheduled`, `Started`, `FailedScheduling`, `Failed`, `BackOff`, `FailedMount`, … */
  readonly reason: string;
  readonly message: string;
  /** `spec.containers{step}`. Absent: about the whole pod. */
  readonly fieldPath?: string;
  /**
   * When the Event was first received, by our clock, in milliseconds since 1970. The clocks of nodes differ from ours.
   */
  readonly at?: number;
  /** How often the Event happened, as counted by the cluster. Absent: once. */
  readonly count?: number;
}

/** Everything received about one pod so far, from its status and from Events. Either may arrive first. */
export interface ObservedPod {
  /** Absent: not seen yet. Keeps the last seen state after the deletion. */
  readonly pod?: Pod;
  /** When this state was received, by our clock. The cluster's clock differs from ours. */
  readonly seenAt?: number;
  /** The pod existed and is gone. */
  readonly deleted?: true;
  /** The Events since the pod was created, in arrival order. */
  readonly events: readonly PodEvent[];
  /**
   * Since when the pod's status cannot be watched, in milliseconds since 1970. Absent: it is watched. Events alone
   * never report an end.
   */
  readonly disconnectedSince?: number;
  /** Why the watch fails: the server's refusal or the connection error. Present with `disconnectedSince`. */
  readonly disconnectedReason?: string;
}
