/** What a cluster would do with the pods of a run, found out without starting any. */
import type { ClusterConnection } from '../clusters/access/cluster-connection.ts';
import type { Permission } from '../clusters/permissions.ts';
import type { KubernetesSettings } from '../model/kubernetes-settings.ts';
import type { Failure } from '../model/outcome.ts';
import type { Runtime, WorkloadSpec } from './runtime.ts';

export type TriedPod =
  | { readonly status: 'taken' }
  | { readonly status: 'refused'; readonly failure: Failure }
  /** The result is unknown; `because` is a sentence. */
  | { readonly status: 'untried'; readonly because: string };

export interface ClusterTrialRequest {
  readonly connection: ClusterConnection;
  readonly settings: KubernetesSettings;
  /** What runs need. */
  readonly permissions: readonly Permission[];
  /** What deploys need. */
  readonly deployPermissions: readonly Permission[];
  readonly jobPermissions: readonly Permission[];
  /** Returns the workload of a step with only this image. */
  plain(image: string): Promise<WorkloadSpec>;
}

export interface ClusterTrial {
  /** Why a configured builder cannot run. */
  readonly withoutImages: Runtime['withoutImages'];
  /** Why the cluster could not be asked, or its answers. */
  readonly answers:
    | { readonly failed: string }
    | {
        readonly missing: readonly Permission[];
        readonly missingForDeploys: readonly Permission[];
        readonly missingForJobs: readonly Permission[];
        /** Absent if pods cannot be created at all. */
        readonly pod?: TriedPod;
      };
}

export type TryCluster = (request: ClusterTrialRequest, signal: AbortSignal) => Promise<ClusterTrial>;
