import type { Diagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { CodeEntry } from './code-entry.ts';
import { codes, type Code, type Parts } from './codes.ts';
import { placeOf, type FrameSize, type Span } from './source-text.ts';

/** Takes mistakes as they are found. */
export type Report = (diagnostic: Diagnostic) => void;

const relatedFrame: FrameSize = { before: 0, after: 0 };

/** Another place that explains a mistake. */
export interface RelatedPlace {
  readonly message: string;
  readonly at: Span | Place;
}

/**
 * The only way to make a diagnostic: what is said about a code is in one table.
 * @param at `undefined` for what was written on the command line
 */
export function problem<C extends Code>(
  code: C,
  at: Span | Place | undefined,
  parts: Parts<C>,
  related: readonly RelatedPlace[] = [],
): Diagnostic {
  // The entry of C takes the parts of C, which TypeScript cannot follow through an index.
  const entry = codes[code] as unknown as CodeEntry<Parts<C>>;
  const help = entry.help?.(parts);
  return {
    code,
    severity: entry.severity,
    message: entry.message(parts),
    ...(at && { place: 'source' in at ? placeOf(at) : at }),
    ...(related.length > 0 && {
      related: related.map(({ message, at: other }) => ({
        message,
        place: 'source' in other ? placeOf(other, relatedFrame) : other,
      })),
    }),
    ...(help !== undefined && { help }),
  };
}
