/**
 * ```
 *  notStarted ─┬─> inProgress ─┬─> succeeded
 *              │               ├─> failed
 *              │               └─> cancelled
 *              ├─> skipped
 *              └─> cancelled
 * ```
 * A status changes once each way; attempts happen within `inProgress`.
 */
export type StepStatus = 'notStarted' | 'inProgress' | 'succeeded' | 'failed' | 'cancelled' | 'skipped';

/** How finished work ended. */
export type EndStatus = 'succeeded' | 'failed' | 'cancelled' | 'skipped';

/** `interrupted` is derived, never stored: the run is unfinished and its owner is dead. */
export type RunStatus = 'queued' | 'inProgress' | 'interrupted' | EndStatus;

const badness: Record<EndStatus, number> = { skipped: 0, succeeded: 1, cancelled: 2, failed: 3 };

/**
 * Returns the worst status: failed, cancelled, succeeded, skipped (docs/design/product.md, "Which is worse"). Returns
 * `skipped` for an empty list.
 */
export function worstOf(statuses: Iterable<EndStatus>): EndStatus {
  let worst: EndStatus = 'skipped';
  for (const status of statuses) if (badness[status] > badness[worst]) worst = status;
  return worst;
}

/**
 * Returns what a step counts as in its stage. An allowed failure stays `failed` on the step and counts as succeeded
 * above it.
 */
export function countsAs(status: EndStatus, allowFailure: boolean): EndStatus {
  return status === 'failed' && allowFailure ? 'succeeded' : status;
}

export function isEnd(status: StepStatus | RunStatus): status is EndStatus {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled' || status === 'skipped';
}
