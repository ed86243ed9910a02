/** How people name a run: an id, the beginning of one, a number of the project, `latest`. */
import { isRunId } from '../model/ids.ts';

export type RunReference =
  | { readonly kind: 'latest' }
  | { readonly kind: 'id'; readonly id: string }
  /** `prefix`: to be tried when the project has no run of that number. */
  | { readonly kind: 'number'; readonly number: number; readonly prefix?: string }
  | { readonly kind: 'prefix'; readonly prefix: string }
  | { readonly kind: 'nothing' };

const shortestPrefix = 4;

/** Ids are written in any case, numbers with or without `#`; a number wins over the beginning of an id. */
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
