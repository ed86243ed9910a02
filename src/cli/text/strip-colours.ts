/** Removes the colours that `ColourState` lets through. */
export function stripColours(text: string): string {
  return text.replace(/\x1b\[[\d;:]*m/g, '');
}
