import { Buffer } from 'node:buffer';
import { maskText } from '../../src/model/mask-text.ts';

/**
 * What `docs/secrets.md` says of forms, by trying every form at every position: slow, and short enough to be seen to
 * be right. For texts of at most 256 characters.
 */
export class PlainMask {
  readonly #patterns: readonly Pattern[];

  constructor(values: readonly string[]) {
    // Line ends may be printed as others.
    const each = values.flatMap((value) => [value, value.replaceAll('\r\n', '\n')]);
    const all = each.flatMap((value) => [value, value.trim(), ...linesOf(value)]);
    const texts = new Set(all.filter((text) => text !== ''));
    this.#patterns = [...texts].flatMap((text) => [textPattern(text), ...base64Patterns(Buffer.from(text))]);
  }

  text(bytes: Uint8Array): string {
    const { finds } = this.#search(bytes);
    let at = 0;
    let out = '';
    for (const { start, end } of finds) {
      out += `${Buffer.from(bytes.subarray(at, start)).toString('latin1')}${maskText}`;
      at = end;
    }
    return out + Buffer.from(bytes.subarray(at)).toString('latin1');
  }

  /** How many of the bytes have to be held back, if these are all so far. */
  held(bytes: Uint8Array): number {
    const { finds, open } = this.#search(bytes);
    const across = finds.find(({ start, end }) => start < open && open < end);
    return bytes.length - (across?.start ?? open);
  }

  #search(bytes: Uint8Array): { finds: readonly Find[]; open: number } {
    const found: Find[] = [];
    let open = bytes.length;
    for (let start = bytes.length - 1; start >= 0; start--) {
      const isLineStart =
        start === 0 || bytes[start - 1] === 0x0a || (bytes[start - 1] === 0x6e && bytes[start - 2] === 0x5c);
      for (const pattern of this.#patterns) {
        for (const first of [0, ...(isLineStart ? pattern.lineStarts : [])]) {
          const { ends, isOpen } = readFrom(pattern, first, bytes, start);
          if (isOpen) open = start;
          for (const end of ends) found.push({ start, end });
        }
      }
    }
    return { finds: joined(found), open };
  }
}

interface Find {
  readonly start: number;
  readonly end: number;
}

/** A way to write a text: each element in any of its spellings. */
interface Pattern {
  readonly elements: readonly Element[];
  /** Elements that may be the first ones in a line. */
  readonly lineStarts: readonly number[];
  /** How many `=` may follow. */
  readonly padding: number;
}

interface Element {
  readonly spellings: readonly string[];
  /** Spelled without regard to the case of hexadecimal digits, which are all letters in these. */
  readonly escapes: readonly string[];
  readonly mayFollowLineEnd: boolean;
}

function linesOf(value: string): readonly string[] {
  return value
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => [...line].length >= 4);
}

function textPattern(text: string): Pattern {
  return { elements: Array.from(text, elementOf), lineStarts: [], padding: 0 };
}

const latin = (text: string) => Buffer.from(text).toString('latin1');
const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');

function elementOf(character: string): Element {
  const json = JSON.stringify(character).slice(1, -1);
  const others: Record<string, string[]> = { ' ': ['+'], '/': ['\\/'], '\n': ['\r\n', '\\r\\n'] };
  const percent = [...Buffer.from(character)].map((byte) => `%${hex(byte, 2)}`).join('');
  const units = Array.from({ length: character.length }, (_, i) => `\\u${hex(character.charCodeAt(i), 4)}`).join('');
  return {
    spellings: [latin(character), ...(json.startsWith('\\u') ? [] : [latin(json)]), ...(others[character] ?? [])],
    escapes: [percent, units, ...(character === '\n' ? ['%0d%0a'] : [])],
    mayFollowLineEnd: false,
  };
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function base64Patterns(bytes: Buffer): readonly Pattern[] {
  if (bytes.length < 2) return [];
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return [0, 2, 4].map((others) => {
    const all = '.'.repeat(others) + bits;
    const elements = (all.match(/.{1,6}/g) ?? []).map((six, i) =>
      base64Element(new RegExp(`^${six.padEnd(6, '.')}$`), i >= 4),
    );
    const padding = (elements.length * 6 - all.length) / 2;
    return { elements, lineStarts: [1, 2, 3].filter((first) => elements.length - first >= 4), padding };
  });
}

function base64Element(bits: RegExp, mayFollowLineEnd: boolean): Element {
  const values = Array.from({ length: 64 }, (_, value) => value).filter((value) =>
    bits.test(value.toString(2).padStart(6, '0')),
  );
  const [plus, slash] = [values.includes(62), values.includes(63)];
  return {
    spellings: [
      ...values.flatMap((value) => alphabet[value] ?? []),
      ...(plus ? ['+', '-'] : []),
      ...(slash ? ['/', '_', '\\/'] : []),
    ],
    escapes: [...(plus ? ['%2b', '\\u002b'] : []), ...(slash ? ['%2f', '\\u002f'] : [])],
    mayFollowLineEnd,
  };
}

const lineEnds = ['\n', '\r\n', '\\n', '\\r\\n'];

/** Where these elements end if they begin at a position; whether they may end after the bytes. */
function readFrom(
  { elements, padding }: Pattern,
  first: number,
  bytes: Uint8Array,
  start: number,
): { ends: ReadonlySet<number>; isOpen: boolean } {
  const text = Buffer.from(bytes).toString('latin1');
  let isOpen = false;
  let ends = new Set([start]);
  const equals: Element = { spellings: ['='], escapes: ['%3d'], mayFollowLineEnd: false };
  const whole = new Set<number>();
  for (const [i, { spellings, escapes, mayFollowLineEnd }] of [
    ...elements.slice(first),
    ...Array.from({ length: padding }, () => equals),
  ].entries()) {
    if (i >= elements.length - first) for (const end of ends) whole.add(end);
    const next = new Set<number>();
    const read = (from: number, spelling: string, ignoreCase: boolean): number | undefined => {
      const written = text.slice(from, from + spelling.length);
      const [a, b] = ignoreCase && written[1] !== 'U' ? [written.toLowerCase(), spelling] : [written, spelling];
      if (a === b) return from + spelling.length;
      if (from + a.length === text.length && b.startsWith(a)) isOpen = true;
      return undefined;
    };
    for (const end of ends) {
      const afterLineEnd = mayFollowLineEnd ? lineEnds.map((lineEnd) => read(end, lineEnd, false)) : [];
      for (const from of [end, ...afterLineEnd]) {
        if (from === undefined) continue;
        for (const spelling of spellings) next.add(read(from, spelling, false) ?? -1);
        for (const escape of escapes) next.add(read(from, escape, true) ?? -1);
      }
    }
    next.delete(-1);
    ends = next;
  }
  return { ends: new Set([...whole, ...ends]), isOpen };
}

/** In order; those that overlap or adjoin are one. */
function joined(finds: readonly Find[]): readonly Find[] {
  const result: Find[] = [];
  for (const find of [...finds].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last === undefined || last.end < find.start) result.push(find);
    else result[result.length - 1] = { start: last.start, end: Math.max(last.end, find.end) };
  }
  return result;
}
