import type { Failure, Outcome } from '../model/outcome.ts';
import type { Mask } from './mask.ts';

/** Masks every text of a failure. Everything else stays unchanged. */
export function maskedOutcome<T>(mask: Mask, outcome: Outcome<T>): Outcome<T> {
  return outcome.status === 'failed' ? { ...outcome, failure: maskedFailure(mask, outcome.failure) } : outcome;
}

/** Fields that refer to other things by name, and so must stay searchable. */
const names = new Set(['code', 'otherStep', 'field']);

/** Masks every text of a failure, also in members that are added later. */
export function maskedFailure(mask: Mask, failure: Failure): Failure {
  const entries = Object.entries(failure).map(([key, value]: [string, unknown]) => [
    key,
    names.has(key) ? value : maskedTexts(mask, value),
  ]);
  return Object.fromEntries(entries) as Failure;
}

function maskedTexts(mask: Mask, value: unknown): unknown {
  if (typeof value === 'string') return mask.text(value);
  return Array.isArray(value) ? value.map((item) => maskedTexts(mask, item)) : value;
}
