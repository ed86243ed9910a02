import { pieces } from './placeholder.ts';

/** The text of each variable. It may contain secrets, so it must not be stored. */
export type Values = ReadonlyMap<string, string>;

/**
 * Substitutes variables and resolves escapes. Unknown names stay as they are. Values are inserted unchanged:
 * `Variables.resolve` has already substituted the variables in them.
 */
export function substitute(text: string, find: (name: string) => string | undefined): string {
  if (!text.includes('${')) return text;
  return pieces(text)
    .map((part) => ('literal' in part ? part.literal : (find(part.name) ?? part.raw)))
    .join('');
}
