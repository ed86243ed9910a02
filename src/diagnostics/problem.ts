import type { Diagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { CodeEntry } from './code-entry.ts';
import { codes, type Code, type Parts } from './codes.ts';
import { placeOf, type FrameSize, type Span } from './source-text.ts';

/** Receives each diagnostic as it is found. */
export type Report = (diagnostic: Diagnostic) => void;

const relatedFrame: FrameSize = { before: 0, after: 0 };

/** Another place that explains a diagnostic. */
export interface RelatedPlace {
  readonly message: string;
  readonly at: Span | Place;
}

/**
 * Returns the diagnostic of a code. Every diagnostic is created here, so that all texts are in one table.
 * @param at `undefined` for a mistake on the command line
 */
export function problem<C extends Code>(
  code: C,
  at: Span | Place | undefined,
  parts: Parts<C>,
  related: readonly RelatedPlace[] = [],
): Diagnostic {
  // TypeScript cannot infer that the entry of C takes the parts of C.
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
