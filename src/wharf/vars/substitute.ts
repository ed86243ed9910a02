import { pieces } from './placeholder.ts';

/** How each variable is put into a text; with the secrets in it, so never to be stored. */
export type Values = ReadonlyMap<string, string>;

/**
 * The text with its variables filled in and its escapes undone; one that is not found stays as it is written. Values
 * are put in as they are and not looked at again: they come with the variables in them filled in (`Variables.resolve`).
 */
export function substitute(text: string, find: (name: string) => string | undefined): string {
  if (!text.includes('${')) return text;
  return pieces(text)
    .map((part) => ('literal' in part ? part.literal : (find(part.name) ?? part.raw)))
    .join('');
}
