import { connectionFailure, isConnectionError } from '../../util/connection-failure.ts';
import { ClusterUntrusted, ClusterLost, ClusterUnreachable } from './api-error.ts';

/** Returns the `ClusterLost` for a connection error. */
export function toClusterLost(error: unknown): ClusterLost {
  if (!isConnectionError(error))
    return new ClusterLost(error instanceof Error ? error.message : String(error), { cause: error });
  const { kind, what } = connectionFailure(error);
  if (kind === 'untrusted') return new ClusterUntrusted(what, { cause: error });
  return new (kind === 'unsent' ? ClusterUnreachable : ClusterLost)(what, { cause: error });
}
