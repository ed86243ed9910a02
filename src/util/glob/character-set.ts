/**
 * The characters that one position of a pattern matches, by code point (or by byte, if texts have one character for
 * each byte).
 */
export interface CharacterSet {
  has(code: number): boolean;
}

const slashCode = 0x2f;

export const anything: CharacterSet = { has: () => true };
export const slash: CharacterSet = only(slashCode);
export const notSlash: CharacterSet = { has: (code) => code !== slashCode };

export function only(code: number): CharacterSet {
  return { has: (other) => other === code };
}

/** @param ranges the first and last code of each, inclusive */
export function setOf(ranges: readonly (readonly [number, number])[], negated: boolean): CharacterSet {
  return { has: (code) => ranges.some(([first, last]) => code >= first && code <= last) !== negated };
}

export function without(set: CharacterSet, other: CharacterSet): CharacterSet {
  return { has: (code) => set.has(code) && !other.has(code) };
}

/** The POSIX classes over ASCII, such as `[[:digit:]]`: the first and last character of each range. */
const classes: Readonly<Record<string, string>> = {
  alnum: '09AZaz',
  alpha: 'AZaz',
  blank: '\t\t  ',
  cntrl: '\0\x1f\x7f\x7f',
  digit: '09',
  graph: '!~',
  lower: 'az',
  print: ' ~',
  punct: '!/:@[`{~',
  space: '\t\r  ',
  upper: 'AZ',
  xdigit: '09AFaf',
};

function rangesOf(pairs: string): [number, number][] {
  return pairs.match(/../gs)!.map((pair) => [pair.charCodeAt(0), pair.charCodeAt(1)]);
}

export interface ReadSet {
  readonly set: CharacterSet;
  /** The index after the closing `]`. */
  readonly end: number;
}

/**
 * Parses `[…]` as POSIX and Git do. `!` or `^` negates, a `]` at the start is a character, `\` escapes, `[:digit:]` is
 * a class. A set never matches `/`.
 * @param start the index of `[`
 * @returns `undefined` if the set has no end, or an unknown class
 */
export function readSet(text: string, start: number): ReadSet | undefined {
  const negated = text[start + 1] === '!' || text[start + 1] === '^';
  const first = negated ? start + 2 : start + 1;
  const ranges: [number, number][] = [];
  for (let at = first; at < text.length;) {
    if (text[at] === ']' && at > first) return { set: without(setOf(ranges, negated), slash), end: at + 1 };
    const named = text.startsWith('[:', at) ? /^\[:([a-z]*):\]/.exec(text.slice(at, at + 12)) : null;
    if (named !== null) {
      const known = Object.hasOwn(classes, named[1]!) ? classes[named[1]!]! : undefined;
      if (known === undefined) return undefined;
      ranges.push(...rangesOf(known));
      at += named[0].length;
      continue;
    }
    const from = readMember(text, at);
    if (from === undefined) return undefined;
    at = from.end;
    const isRange = text[at] === '-' && at + 1 < text.length && text[at + 1] !== ']';
    const to = isRange ? readMember(text, at + 1) : from;
    if (to === undefined) return undefined;
    at = to.end;
    ranges.push([from.code, to.code]);
  }
  return undefined;
}

function readMember(text: string, at: number): { readonly code: number; readonly end: number } | undefined {
  const start = text[at] === '\\' ? at + 1 : at;
  const code = text.codePointAt(start);
  return code === undefined ? undefined : { code, end: start + (code > 0xffff ? 2 : 1) };
}
