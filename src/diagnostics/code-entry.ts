import type { CodeTexts } from '../model/diagnostic.ts';
import { suggest } from './suggest.ts';
import { quoted } from '../util/visible.ts';

/** The texts of one diagnostic code. */
export interface CodeEntry<Parts> extends CodeTexts {
  /** One sentence without a full stop. The parts quote the user's text. */
  readonly message: (parts: Parts) => string;
  readonly help?: (parts: Parts) => string | undefined;
}

/** Returns the entry. TypeScript infers its parts from `message`. */
export function code<Parts>(entry: CodeEntry<Parts>): CodeEntry<Parts> {
  return entry;
}

/** Returns `, did you mean X?`, or '' if no candidate is near. */
export function didYouMean(written: string, candidates: Iterable<string>): string {
  const meant = suggest(written, candidates);
  return meant === undefined ? '' : `, did you mean ${quoted(meant)}?`;
}
