import type { ClusterClient } from '../../clusters/api/cluster-client.ts';
import type { Clock } from '../../model/clock.ts';

/** How the parts of a deploy reach the cluster. */
export interface ClusterAccess {
  readonly client: ClusterClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How long to wait for an object that is created or deleted, in milliseconds. */
  readonly withinMs: number;
}
