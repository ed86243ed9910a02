import { ClusterLost, hasStatus } from '../api/api-error.ts';
import { persistently } from '../api/persistence.ts';
import { podPath, type ClusterSession } from '../cluster-session.ts';

/** How long a cluster that does not answer is asked to remove something before that is given up. */
const patienceMs = 60_000;

/**
 * Removes a pod at once, whatever runs in it; no error if it is gone. Throws `ClusterLost` where the cluster stays away, and what it refuses.
 * @param uid so that another one of the same name is left alone
 */
export async function removePod(session: ClusterSession, pod: string, uid?: string): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, propagationPolicy: 'Background', ...(uid !== undefined && { preconditions: { uid } }) };
  const enough = new AbortController();
  const { signal } = enough;
  const over = new AbortController();
  const late = () => enough.abort(new ClusterLost(`the cluster has not answered for ${patienceMs / 1_000} s`));
  session.clock.sleep(patienceMs, over.signal).then(late, () => undefined);
  try {
    await persistently(session.clock, signal, async () => await session.client.json('DELETE', podPath(session, pod), { body, signal }));
  } catch (error) {
    // 409: one of another uid.
    if (!hasStatus(error, 404, 409)) throw error;
  } finally {
    over.abort();
  }
}
