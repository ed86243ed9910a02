import { ApiError, ClusterLost, isTransient, LoginFailed } from '../clusters/api/api-error.ts';
import type { Failure, ObjectProblem } from '../model/outcome.ts';
import { refusedInDeploy } from './refused-in-deploy.ts';

/** Returns the failure of a whole deploy for an error of the client. Returns `undefined` for a bug of ours. */
export function clusterFailure(error: unknown): Failure | undefined {
  if (error instanceof LoginFailed)
    return { code: 'forbidden', detail: `cannot log in to the cluster: ${error.message}` };
  if (error instanceof ClusterLost) return { code: 'runtime-lost', detail: error.message, by: 'cluster' };
  if (!(error instanceof ApiError)) return undefined;
  if (error.status === 401)
    return { code: 'forbidden', detail: 'the cluster rejected the credentials: they are expired or invalid' };
  if (isNamespaceLeaving(error)) return { code: 'apply-failed', problems: [leavingNamespace(error)] };
  if (error.status === 403) return { code: 'forbidden', detail: refusedInDeploy(error.said) ?? error.said };
  const detail = `the cluster responded: ${error.said}`;
  return isTransient(error) ? { code: 'runtime-lost', detail, by: 'cluster' } : { code: 'unsupported', detail };
}

/** Reports whether a request was refused because its namespace is being deleted. The status is that of a missing permission. */
export function isNamespaceLeaving({ status, said, details }: ApiError): boolean {
  const isCause = details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating');
  return isCause === true || (status === 403 && /because it is being terminated/.test(said));
}

function leavingNamespace({ said }: ApiError): ObjectProblem {
  const name = /in namespace (\S+) because it is being terminated/.exec(said)?.[1];
  return {
    object: name === undefined ? 'the namespace' : `namespace/${name}`,
    detail: 'it is being deleted, so it takes no new objects: deploy again when it is gone, or choose another one',
    cause: 'no-namespace',
  };
}
