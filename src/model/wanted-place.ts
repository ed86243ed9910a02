import type { ClusterBuilder } from './kubernetes-settings.ts';

/** Where a part of a run is to work. */
export interface WantedPlace {
  /** Words of `--on`, in order of preference. */
  readonly on: readonly string[];
  readonly kubeContext?: string;
  /** The namespace of pods. Absent: that of the cluster's settings. */
  readonly namespace?: string;
  /** What builds images in a cluster if the operator names no builder. */
  readonly builder?: ClusterBuilder;
}
