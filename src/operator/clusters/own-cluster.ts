import type { RunCluster } from '../../model/run-cluster.ts';
import type { OperatorFile } from '../file/operator-file.ts';
import type { Clock } from '../../model/clock.ts';
import type { Checked } from '../../model/diagnostic.ts';
import type { ClusterBuilder, KubernetesSettings } from '../../model/kubernetes-settings.ts';
import type { ClusterConnection } from '../../clusters/access/cluster-connection.ts';
import type { ContextAccess } from '../../clusters/access/context-access.ts';
import type { OwnPod } from '../../clusters/access/pod-account.ts';

/** A cluster that runs steps as pods. */
export interface OwnCluster {
  /** Recorded for the next owner of the run. */
  readonly place: RunCluster;
  readonly access: ContextAccess;
  readonly connection: ClusterConnection;
  readonly settings: KubernetesSettings;
  /** Slipway's own pod, if it is in the same namespace. It owns the pods that Slipway starts. */
  readonly owner?: OwnPod;
}

export interface OwnClusterSources {
  operator(): Promise<Checked<OperatorFile>>;
  /** `--kube-context`. */
  readonly kubeContext?: string;
  /** The run's earlier cluster. */
  readonly again?: RunCluster;
  /** The namespace of pods, instead of that of the settings. */
  readonly namespace?: string;
  /** What builds images if the operator names no builder. */
  readonly builder?: ClusterBuilder;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly clock: Clock;
  /** The mount path of a pod's service account. Only tests change it. */
  readonly accountFolder?: string;
}
