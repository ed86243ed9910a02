import type { ClusterClient } from '../clusters/api/cluster-client.ts';

/** The cluster behind a runtime, for deploys. */
export interface TargetCluster {
  /** Guarded by the run's lease, like the runtime (`Runtime.whileOwned`). */
  readonly client: ClusterClient;
  /** The namespace of objects that name none. */
  readonly namespace: string;
}
