import { clusterFailure } from '../cluster-failure.ts';
import type { Failure } from '../../model/outcome.ts';
import { ApiError } from '../../clusters/api/api-error.ts';
import { forbiddenFailure } from '../../clusters/refused-permission.ts';

/** A starting cluster may reject valid credentials for a moment. */
const refusalGraceMs = 60_000;

/** Since when the cluster cannot be asked, and why. */
export interface Disconnection {
  /** In milliseconds since 1970. */
  readonly since: number;
  readonly error: unknown;
}

/**
 * Returns the failure of a watch that is disconnected, once nothing but a failure is to be expected. A missing permission does not
 * come back on its own, but a cluster does.
 */
export function disconnectionFailure(
  { since, error }: Disconnection,
  now: number,
  lostAfterMs: number,
): Failure | undefined {
  const isRule = error instanceof ApiError && error.status === 403 && forbiddenFailure(error.said) !== undefined;
  if (isRule) return clusterFailure(error);
  const failure = clusterFailure(error);
  if (failure?.code === 'forbidden') return now - since >= refusalGraceMs ? failure : undefined;
  return now - since >= lostAfterMs ? lost(since, error, now) : undefined;
}

/** Returns the failure of a check that ends while the cluster does not answer. */
export function lost(since: number, error: unknown, now: number): Failure {
  const seconds = Math.round((now - since) / 1_000);
  const why = error instanceof Error ? `: ${error.message}` : '';
  return { code: 'runtime-lost', detail: `the cluster has not answered for ${seconds} s${why}`, by: 'cluster' };
}
