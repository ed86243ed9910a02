import type { RunCluster } from '../../model/run-cluster.ts';
import type { OperatorFile } from '../file/operator-file.ts';
import type { Clock } from '../../model/clock.ts';
import type { Checked } from '../../model/diagnostic.ts';
import type { KubernetesSettings } from '../../model/kubernetes-settings.ts';
import type { ClusterConnection } from '../../clusters/access/cluster-connection.ts';
import type { ContextAccess } from '../../clusters/access/context-access.ts';
import type { OwnPod } from '../../clusters/access/pod-account.ts';

/** A cluster that steps run on as pods. */
export interface OwnCluster {
  /** For whoever goes on with the run. */
  readonly place: RunCluster;
  readonly access: ContextAccess;
  readonly connection: ClusterConnection;
  readonly settings: KubernetesSettings;
  /** The pod that Slipway runs in, where it is of the same namespace: what it starts belongs to it. */
  readonly owner?: OwnPod;
}

export interface OwnClusterSources {
  operator(): Promise<Checked<OperatorFile>>;
  /** `--kube-context`. */
  readonly kubeContext?: string;
  /** Where the run was before. */
  readonly again?: RunCluster;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly clock: Clock;
  /** Where a pod's account is mounted; elsewhere in tests only. */
  readonly accountFolder?: string;
}
