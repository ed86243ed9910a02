/** Parses a user's reference to a run: an id, a prefix of one, a project's run number, `latest`. */
import { isRunId } from '../model/ids.ts';

export type RunReference =
  | { readonly kind: 'latest' }
  | { readonly kind: 'id'; readonly id: string }
  /** `prefix`: tried if the project has no run with that number. */
  | { readonly kind: 'number'; readonly number: number; readonly prefix?: string }
  | { readonly kind: 'prefix'; readonly prefix: string }
  | { readonly kind: 'nothing' };

const shortestPrefix = 4;

/** Parses a reference. Ids may be in any case; numbers may have a `#`. A number wins over a prefix of an id. */
export function parseRunReference(text: string): RunReference {
  const reference = text.trim().toLowerCase();
  if (reference === 'latest') return { kind: 'latest' };
  const digits = /^(#?)0*([0-9]{1,15})$/.exec(reference);
  if (digits) {
    const canBeId = digits[1] === '' && reference.length >= shortestPrefix;
    return { kind: 'number', number: Number(digits[2]), ...(canBeId ? { prefix: reference } : {}) };
  }
  if (isRunId(reference)) return { kind: 'id', id: reference };
  if (reference.length >= shortestPrefix && reference.length < 26 && /^[0-9a-hjkmnp-tv-z]+$/.test(reference))
    return { kind: 'prefix', prefix: reference };
  return { kind: 'nothing' };
}
