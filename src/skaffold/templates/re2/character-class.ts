import { readEscape } from './character-escape.ts';
import type { PatternReader } from './pattern-reader.ts';
import type { CharacterTest } from './regex-nodes.ts';

const within = (ranges: string): CharacterTest => {
  const pattern = new RegExp(`^[${ranges}]$`);
  return (code) => code < 128 && pattern.test(String.fromCharCode(code));
};

/** The classes of ASCII that Perl has as letters, and POSIX as names. */
const perl: Readonly<Record<string, CharacterTest>> = {
  d: within('0-9'),
  s: within('\\t\\n\\f\\r '),
  w: within('0-9A-Za-z_'),
};

const posix: Readonly<Record<string, CharacterTest>> = {
  alnum: within('0-9A-Za-z'),
  alpha: within('A-Za-z'),
  ascii: (code) => code < 128,
  blank: within('\\t '),
  cntrl: within('\\x00-\\x1f\\x7f'),
  digit: within('0-9'),
  graph: within('!-~'),
  lower: within('a-z'),
  print: within(' -~'),
  punct: within('!-\\/:-@\\[-`{-~'),
  space: within('\\t-\\r '),
  upper: within('A-Z'),
  word: within('0-9A-Za-z_'),
  xdigit: within('0-9A-Fa-f'),
};

const not =
  (test: CharacterTest): CharacterTest =>
  (code) =>
    !test(code);

/** Widens a test, for example to both cases. What is negated is widened first. */
export type Widen = (test: CharacterTest) => CharacterTest;

/** Reads a class such as `d` or `p{Greek}` after its backslash. Returns `undefined` for any other escape. */
export function readEscapedClass(reader: PatternReader, widen: Widen): CharacterTest | undefined {
  const letter = reader.peek();
  const small = letter.toLowerCase();
  const test = letter.length === 1 && /^[dsw]$/.test(small) ? perl[small] : undefined;
  if (test !== undefined) {
    reader.next();
    return letter === small ? test : not(test);
  }
  if (small !== 'p') return undefined;
  reader.next();
  const match = reader.match(/^(?:\{(\^?)(\w+)\}|([A-Z]))/);
  const known = match === undefined ? undefined : property(match[2] ?? match[3] ?? '');
  if (known === undefined) return reader.fail('invalid character class range');
  const isNegated = (letter === 'P') !== (match?.[1] === '^');
  return !isNegated ? widen(known) : not(widen(known));
}

/** Returns the test of a Unicode category or script. */
function property(name: string): CharacterTest | undefined {
  if (name === 'Any') return () => true;
  for (const written of [`General_Category=${name}`, `Script=${name}`]) {
    try {
      const pattern = new RegExp(`^\\p{${written}}$`, 'u');
      return (code) => pattern.test(String.fromCodePoint(code));
    } catch {
      // The runtime throws for names that it does not know.
    }
  }
  return undefined;
}

/** Reads a class after its `[`. */
export function readClass(reader: PatternReader, widen: Widen): CharacterTest {
  const isNegated = reader.take('^');
  const tests: CharacterTest[] = [];
  for (let isFirst = true; isFirst || !reader.sees(']'); isFirst = false) {
    if (reader.atEnd) return reader.fail('missing closing ]');
    tests.push(readPart(reader, widen));
  }
  reader.next();
  const isIn: CharacterTest = (code) => tests.some((test) => test(code));
  return isNegated ? not(isIn) : isIn;
}

function readPart(reader: PatternReader, widen: Widen): CharacterTest {
  const named = reader.match(/^\[:(\^?)(\w+):\]/);
  if (named !== undefined) {
    const name = named[2] ?? '';
    const test = Object.hasOwn(posix, name) ? posix[name] : undefined;
    if (test === undefined) return reader.fail(`invalid character class range [:${name}:]`);
    return named[1] === '^' ? not(widen(test)) : widen(test);
  }
  if (reader.sees('\\')) {
    reader.next();
    const escaped = readEscapedClass(reader, widen);
    if (escaped !== undefined) return escaped;
    return widen(readRange(reader, readEscape(reader)));
  }
  return widen(readRange(reader, reader.next().codePointAt(0) ?? 0));
}

/** Reads the end of a range, if there is one. A `-` before the `]` is literal. */
function readRange(reader: PatternReader, low: number): CharacterTest {
  if (!reader.sees('-') || reader.sees('-]')) return (code) => code === low;
  reader.next();
  if (reader.atEnd) return reader.fail('missing closing ]');
  const high = reader.take('\\') ? readEscape(reader) : (reader.next().codePointAt(0) ?? 0);
  if (high < low) return reader.fail('invalid character class range');
  return (code) => code >= low && code <= high;
}
