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

/** What is to be concluded from a cluster that does not answer. */
export interface LossRules {
  /** How long it may be away, in milliseconds. */
  readonly lostAfterMs: number;
  /** Returns what an error of the client means; `undefined` for a bug of ours. */
  readonly failureOf: (error: unknown) => Failure | undefined;
}

/**
 * Returns the failure of a watch that is disconnected, once nothing but a failure is to be expected. A missing permission does not
 * come back on its own, but a cluster does.
 */
export function disconnectionFailure(
  { since, error }: Disconnection,
  now: number,
  { lostAfterMs, failureOf }: LossRules,
): Failure | undefined {
  const isRule = error instanceof ApiError && error.status === 403 && forbiddenFailure(error.said) !== undefined;
  const failure = failureOf(error);
  if (isRule) return failure;
  if (failure?.code === 'forbidden') return now - since >= refusalGraceMs ? failure : undefined;
  return now - since >= lostAfterMs ? lost(since, error, now) : undefined;
}

/** Returns the failure of a check that ends while the cluster does not answer. */
export function lost(since: number, error: unknown, now: number): Failure {
  const seconds = Math.round((now - since) / 1_000);
  const why = error instanceof Error ? `: ${error.message}` : '';
  return { code: 'runtime-lost', detail: `the cluster has not answered for ${seconds} s${why}`, by: 'cluster' };
}
