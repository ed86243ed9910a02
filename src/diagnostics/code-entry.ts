import { suggest } from './suggest.ts';
import { quoted } from '../util/visible.ts';

/** One kind of mistake: everything that is ever said about it. */
export interface CodeEntry<Parts> {
  readonly severity: 'error' | 'warning' | 'info';
  /** For lists of codes. */
  readonly title: string;
  /** For `slipway explain` and the docs: what is wrong, why it is not let through, what to write instead. */
  readonly explanation: string;
  /** One sentence without a full stop; the parts are the user's own words. */
  readonly message: (parts: Parts) => string;
  readonly help?: (parts: Parts) => string | undefined;
}

/** Lets the compiler infer the parts of an entry from its message. */
export function code<Parts>(entry: CodeEntry<Parts>): CodeEntry<Parts> {
  return entry;
}

/** `, did you mean X?`, or nothing. */
export function didYouMean(written: string, candidates: Iterable<string>): string {
  const meant = suggest(written, candidates);
  return meant === undefined ? '' : `, did you mean ${quoted(meant)}?`;
}
