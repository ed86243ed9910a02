/** Without the colours that `ColourKeeper` lets through. */
export function stripColours(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\x1b\[[\d;:]*m/g, '');
}
