import { ellipsis } from '../text/symbols.ts';
import type { Look } from '../text/look.ts';
import { cutStart, cutText } from '../text/text-width.ts';

/** Returns the width that names of stages and steps have at most, in a window with this many columns. */
export function widestName(columns: number): number {
  return columns < 100 ? 20 : 32;
}

/**
 * Cuts the name of a stage or step to that width. Of the name of an image or a file the end tells most, of others the start.
 * @param name visible
 */
export function shortName(name: string, columns: number, look: Look): string {
  const cut = name.includes('/') ? cutStart : cutText;
  return cut(name, widestName(columns), ellipsis(look));
}
