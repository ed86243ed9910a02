import { ApiError, ClusterLost, isTransient, LoginFailed } from '../clusters/api/api-error.ts';
import type { Failure } from '../model/outcome.ts';
import { refusedInDeploy } from './refused-in-deploy.ts';

/** Returns the failure of a whole deploy for an error of the client. Returns `undefined` for a bug of ours. */
export function clusterFailure(error: unknown): Failure | undefined {
  if (error instanceof LoginFailed)
    return { code: 'forbidden', detail: `cannot log in to the cluster: ${error.message}` };
  if (error instanceof ClusterLost) return { code: 'runtime-lost', detail: error.message, by: 'cluster' };
  if (!(error instanceof ApiError)) return undefined;
  if (error.status === 401)
    return { code: 'forbidden', detail: 'the cluster rejected the credentials: they are expired or invalid' };
  if (error.status === 403) return { code: 'forbidden', detail: refusedInDeploy(error.said) ?? error.said };
  const detail = `the cluster responded: ${error.said}`;
  return isTransient(error) ? { code: 'runtime-lost', detail, by: 'cluster' } : { code: 'unsupported', detail };
}
