import { inProgress, notReady, ready, type Standing } from './standing.ts';
import type { WatchedObject } from './watched-object.ts';

/** The fields of a PersistentVolumeClaim that are used (core/v1). */
export interface Claim extends WatchedObject {
  readonly status?: { readonly phase?: string };
}

/**
 * Judges whether a claim has its volume.
 * @param reason of the claim's last Event. A claim whose volume is made for its first pod is not waited for: the pod is.
 */
export function judgeClaim({ status = {} }: Claim, reason: string | undefined): Standing {
  if (status.phase === 'Bound') return ready('is bound');
  if (status.phase === 'Lost') return notReady('its volume is lost');
  return reason === 'WaitForFirstConsumer' ? ready('waits for its first pod') : inProgress('is not bound');
}
