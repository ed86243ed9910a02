import { hasStatus } from './api-error.ts';

/**
 * Reports whether a refused object may be accepted a moment later although the answer does not say so. Quotas use
 * optimistic locks. A new namespace lacks its quota sums and its account `default`.
 */
export function isTransientRefusal(error: unknown): boolean {
  if (hasStatus(error, 409)) return /resourcequotas/.test(error.said);
  return (
    hasStatus(error, 403) &&
    (/status unknown for quota/.test(error.said) || /error looking up service account \S+\/default:/.test(error.said))
  );
}
