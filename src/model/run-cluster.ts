import type { ClusterBuilder } from './kubernetes-settings.ts';

/** The cluster of a run, as its log records it. Nothing in it is secret. */
export interface RunCluster {
  /**
   * The name in the operator's file: `--on kubernetes:NAME`, or `default`. Absent: the user's own kubeconfig was used.
   */
  readonly name?: string;
  /** The context that was used. Absent: the service account of Slipway's own pod. */
  readonly context?: string;
  /**
   * The address of its API server. A context of the same name may refer to another server by the time the run is
   * resumed.
   */
  readonly server?: string;
  readonly namespace: string;
  /** What builds images there if the operator names no builder. */
  readonly builder?: ClusterBuilder;
}
