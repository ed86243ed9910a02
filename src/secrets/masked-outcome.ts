import type { Failure, Outcome } from '../model/outcome.ts';
import type { Mask } from './mask.ts';

/** Masks every text of a failure. Everything else stays unchanged. */
export function maskedOutcome<T>(mask: Mask, outcome: Outcome<T>): Outcome<T> {
  return outcome.status === 'failed' ? { ...outcome, failure: maskedFailure(mask, outcome.failure) } : outcome;
}

/** Fields with a word of ours, a name of other things, or a place: programs compare them. */
const names = new Set(['code', 'otherStep', 'field', 'cause', 'because', 'by', 'part', 'at']);

/** Masks every text of a failure, also in members that are added later. */
export function maskedFailure(mask: Mask, failure: Failure): Failure {
  return maskedTexts(mask, failure) as Failure;
}

function maskedTexts(mask: Mask, value: unknown): unknown {
  if (typeof value === 'string') return mask.text(value);
  if (Array.isArray(value)) return value.map((item) => maskedTexts(mask, item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, field]: [string, unknown]) => [
    key,
    names.has(key) ? field : maskedTexts(mask, field),
  ]);
  return Object.fromEntries(entries);
}
