import { ApiError } from '../../clusters/api/api-error.ts';
import { jobPermissions } from '../../clusters/permissions-for-jobs.ts';
import { refusedPermission } from '../../clusters/refused-permission.ts';
import type { Failure } from '../../model/outcome.ts';
import { clusterFailure } from '../cluster-failure.ts';

/**
 * Returns the failure of a job for an error of the client; `undefined` for a bug of ours. What RBAC refuses has all rules that jobs
 * need, so that one correction is enough.
 */
export function jobFailure(error: unknown): Failure | undefined {
  if (error instanceof ApiError && error.status === 403) {
    const detail = refusedPermission(error.said, () => jobPermissions);
    if (detail !== undefined) return { code: 'forbidden', detail };
  }
  return clusterFailure(error);
}
