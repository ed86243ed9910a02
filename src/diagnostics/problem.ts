import type { Diagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { CodeEntry } from './code-entry.ts';
import { yamlCodes } from './codes.ts';
import { placeOf, type FrameSize, type Span } from './source-text.ts';

/** Receives each diagnostic as it is found. */
export type Report = (diagnostic: Diagnostic) => void;

const relatedFrame: FrameSize = { before: 0, after: 0 };

/** Another place that explains a diagnostic. */
export interface RelatedPlace {
  readonly message: string;
  readonly at: Span | Place;
}

/** Returns the diagnostic of a code of one table. @param at `undefined` for a mistake on the command line */
export type Problem<Table> = <C extends keyof Table & string>(
  code: C,
  at: Span | Place | undefined,
  parts: PartsOf<Table[C]>,
  related?: readonly RelatedPlace[],
) => Diagnostic;

type PartsOf<Entry> = Entry extends CodeEntry<infer Parts> ? Parts : never;

/** Returns the function that creates the diagnostics of a table. Every diagnostic is created here. */
export function problemsOf<Table extends Readonly<Record<string, CodeEntry<never>>>>(table: Table): Problem<Table> {
  return (code, at, parts, related = []) => {
    // TypeScript cannot infer that the entry of a code takes the parts of that code.
    const entry = table[code] as unknown as CodeEntry<typeof parts>;
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
  };
}

/** Returns the diagnostic of a code of `yamlCodes`. */
export const problem = problemsOf(yamlCodes);
