import { hasStatus } from '../../../clusters/api/api-error.ts';
import { withCleanupTimeout } from '../../../clusters/api/cleanup-timeout.ts';
import { retryTransient } from '../../../clusters/api/retry.ts';
import { podPath, type ClusterSession } from '../cluster-session.ts';

/**
 * Removes a pod at once, even if commands run in it. Not an error if the pod is gone. Throws `ClusterLost` if the
 * cluster does not answer, and the cluster's refusal.
 * @param uid protects another pod of the same name
 */
export async function removePod(session: ClusterSession, pod: string, uid?: string): Promise<void> {
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    gracePeriodSeconds: 0,
    propagationPolicy: 'Background',
    ...(uid !== undefined && { preconditions: { uid } }),
  };
  try {
    await withCleanupTimeout(session.clock, async (signal) => {
      const remove = async () => await session.client.json('DELETE', podPath(session, pod), { body, signal });
      await retryTransient(session.clock, signal, remove);
    });
  } catch (error) {
    // 409: the pod has another uid.
    if (!hasStatus(error, 404, 409)) throw error;
  } finally {
    session.lastRemoval.at = session.clock.now();
  }
}
