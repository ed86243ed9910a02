/** Removes the colours that `ColourKeeper` lets through. */
export function stripColours(text: string): string {
  return text.replace(/\x1b\[[\d;:]*m/g, '');
}
