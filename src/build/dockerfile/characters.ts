/** White space as Go's `unicode.IsSpace` has it. JavaScript's `trim` also removes a byte order mark. */
const spaces = '\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const oneSpace = new RegExp(`^[${spaces}]$`);
const notSpace = new RegExp(`[^${spaces}]`);

export function isSpace(character: string): boolean {
  return oneSpace.test(character);
}

/** Returns the start and end of a part of a text without the white space at its ends. */
export function trimmed(text: string, start: number, end: number): readonly [start: number, end: number] {
  let [first, last] = [start, end];
  while (first < last && isSpace(text[first]!)) first++;
  while (last > first && isSpace(text[last - 1]!)) last--;
  return [first, last];
}

export function isBlank(text: string): boolean {
  return !notSpace.test(text);
}

/** Separates words of an instruction. Other white space is a part of a word. */
export function isSeparator(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\v' || character === '\f' || character === '\r';
}

/** Returns the index of the first separator from `start` on, or `end`. */
export function wordEnd(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && !isSeparator(text[at])) at++;
  return at;
}

/** Returns the index of the first character from `start` on that is no separator, or `end`. */
export function wordStart(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && isSeparator(text[at])) at++;
  return at;
}
