import type { Clock } from '../../model/clock.ts';
import { ClusterLost } from './api-error.ts';

/** How long to wait for a cluster that does not answer during a clean-up. */
const cleanupTimeoutMs = 60_000;

/** Runs an action that no caller cancels, such as a clean-up. Aborts its signal with `ClusterLost` after a minute. */
export async function withCleanupTimeout<T>(clock: Clock, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const enough = new AbortController();
  const over = new AbortController();
  const late = () => enough.abort(new ClusterLost(`the cluster has not answered for ${cleanupTimeoutMs / 1_000} s`));
  clock.sleep(cleanupTimeoutMs, over.signal).then(late, () => undefined);
  try {
    return await act(enough.signal);
  } finally {
    over.abort();
  }
}
