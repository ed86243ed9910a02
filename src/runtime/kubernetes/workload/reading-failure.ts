import { ApiError, ClusterClosed, ClusterLost, hasStatus, LoginFailed } from '../../../clusters/api/api-error.ts';
import type { ReadingEnd } from './log-follow.ts';

/** Returns what an error means for the reading of a log. Throws errors that are bugs. */
export function readingFailure(error: unknown): Extract<ReadingEnd, { readonly as: 'cut' | 'gone' }> {
  // A starting kubelet knows no logs yet. Only a missing pod is final.
  if (hasStatus(error, 404) && error.details?.kind === 'pods') return { as: 'gone', why: error.said };
  if (error instanceof ClusterClosed || error instanceof LoginFailed || hasStatus(error, 401, 403))
    return { as: 'gone', why: error.message };
  // The kubelet no longer has the container of this status: after an eviction, or after the node was away.
  if (hasStatus(error, 400) && error.said.includes('is terminated')) return { as: 'gone', why: error.said };
  if (hasStatus(error, 400) && error.said.includes('waiting to start'))
    return { as: 'cut', why: error.said, waits: true };
  if (error instanceof ApiError || error instanceof ClusterLost) return { as: 'cut', why: error.message };
  throw error;
}
