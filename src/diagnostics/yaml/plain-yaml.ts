import type { Located, LocatedEntry, LocatedList, LocatedMap, LocatedScalar } from './located.ts';
import type { SourceText } from '../source-text.ts';

/**
 * Reads a document that uses only a simple subset of YAML: block maps and lists, plain keys, scalars on one line (bare,
 * or quoted without escapes), `|` blocks, and `[…]` and `{…}` on one line. Most pipelines use only this subset, and it
 * parses ten times as fast as full YAML. Returns `undefined` for anything else, mistakes included. The full parser then
 * reads the document and reports its mistakes. Both parsers give the same nodes; the test compares them.
 */
export function readPlainYaml(source: SourceText): Located | undefined {
  // Tabs, CRs, control characters, other line separators, byte order marks.
  if (/[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/.test(source.text)) return undefined;
  return new PlainReader(source).document();
}

const deepest = 50;
const longestKey = 200;
const key = /[A-Za-z_][\w./-]*(?: [\w./-]+)*(?=:(?: |\n|$))/y;
const doubleQuoted = /"[^"\\\n]*"/y;
/** A second quote would be an escaped quote. */
const singleQuoted = /'[^'\n]*'(?!')/y;
/** A scalar up to the end of the line. It must not start like a collection, anchor, tag, block scalar or comment. */
const bare = /[^\s?:,[\]{}#&*!|>'"%@`=<-][^\n]*/y;
/** Inside brackets, anything that could be a key or a comment is excluded too. */
const bareInFlow = /[^\s?:,[\]{}#&*!|>'"%@`=<-][^\n,[\]{}:#]*/y;
const keyInFlow = /[A-Za-z_][\w./-]*(?=: )/y;
const literalHeader = /\|-? *(?: #[^\n]*)?\n/y;
const restOfLine = / *(?: #[^\n]*)?(?:\n|$)/y;

const words: ReadonlyMap<string, boolean | null> = new Map([
  ...['~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);

class PlainReader {
  readonly #text: string;
  /** Offset of the next node, or the length of the text at its end. */
  #at = 0;
  /** Column of the next node, from 0. */
  #column = 0;
  /** Offset after the last line that was read. */
  #lineEnd = 0;
  readonly #source: SourceText;

  constructor(source: SourceText) {
    this.#source = source;
    this.#text = source.text;
  }

  document(): Located | undefined {
    this.#nextLine();
    const root = this.#column === 0 && this.#at < this.#text.length ? this.#map(0) : undefined;
    return this.#at === this.#text.length ? root : undefined;
  }

  /** Moves to the first line after `#lineEnd` that is not blank or a comment. */
  #nextLine(): void {
    const text = this.#text;
    let at = this.#lineEnd;
    for (let start = at; at < text.length;) {
      const character = text.charCodeAt(at);
      if (character === space) at++;
      else if (character === newline) start = ++at;
      else if (character === hash) {
        const end = text.indexOf('\n', at);
        at = end < 0 ? text.length : end;
      } else {
        this.#column = at - start;
        break;
      }
    }
    this.#at = at;
    if (at === text.length) this.#column = -1;
  }

  #map(depth: number): LocatedMap | undefined {
    const start = this.#at;
    const column = this.#column;
    const entries: LocatedEntry[] = [];
    const seen = new Set<string>();
    while (this.#column === column) {
      const entry = this.#entry(depth);
      if (!entry || seen.has(entry.key)) return undefined;
      seen.add(entry.key);
      entries.push(entry);
    }
    return this.#column > column ? undefined : { kind: 'map', entries, at: this.#source.span(start, this.#lineEnd) };
  }

  #entry(depth: number): LocatedEntry | undefined {
    const start = this.#at;
    const name = this.#match(key, start);
    if (name === undefined || name.length > longestKey) return undefined;
    const end = start + name.length;
    const value = this.#value(end + 1, this.#column, depth);
    return value && { key: name, keyAt: this.#source.span(start, end), value };
  }

  /** Reads the value after a `:`, on the same line or below. */
  #value(from: number, column: number, depth: number): Located | undefined {
    const ended = this.#match(restOfLine, from);
    if (ended === undefined) return this.#onLine(this.#afterSpaces(from), column, depth);
    this.#lineEnd = from + ended.length;
    this.#nextLine();
    // A list may start in the column of its key. A key without a value has a position of its own, so it is left to the
    // full parser.
    if (this.#column > column) return depth < deepest ? this.#block(depth + 1) : undefined;
    return this.#column === column && this.#isItem() ? this.#list(depth + 1) : undefined;
  }

  #block(depth: number): Located | undefined {
    return this.#isItem() ? this.#list(depth) : this.#map(depth);
  }

  #list(depth: number): LocatedList | undefined {
    const start = this.#at;
    const column = this.#column;
    const items: Located[] = [];
    while (this.#column === column && this.#isItem()) {
      const item = this.#item(depth);
      if (!item) return undefined;
      items.push(item);
    }
    return this.#column > column ? undefined : { kind: 'list', items, at: this.#source.span(start, this.#lineEnd) };
  }

  /** Reads a list item: a scalar, or a map that starts on the line of its `-`. */
  #item(depth: number): Located | undefined {
    const column = this.#column;
    const start = this.#afterSpaces(this.#at + 1);
    if (this.#match(key, start) === undefined) return this.#onLine(start, column, depth);
    this.#column += start - this.#at;
    this.#at = start;
    return depth < deepest ? this.#map(depth + 1) : undefined;
  }

  /**
   * Reads a scalar on one line. If the next line is indented deeper, it continues the scalar, and the full parser takes
   * over.
   */
  #onLine(start: number, column: number, depth: number): Located | undefined {
    const first = this.#text.charAt(start);
    if (first === '|') return this.#literal(start, column);
    const node =
      first === '[' || first === '{' ? this.#flow(start, depth + 1) : (this.#quoted(start) ?? this.#bare(start));
    const rest = node && this.#match(restOfLine, node.at.end);
    if (node === undefined || rest === undefined) return undefined;
    this.#lineEnd = node.at.end + rest.length;
    this.#nextLine();
    return this.#column > column ? undefined : node;
  }

  #quoted(start: number): LocatedScalar | undefined {
    const quoted = this.#match(doubleQuoted, start) ?? this.#match(singleQuoted, start);
    if (quoted === undefined) return undefined;
    const text = quoted.slice(1, -1);
    return { kind: 'scalar', value: text, text, at: this.#source.span(start, start + quoted.length) };
  }

  /** Reads a `|` block: its lines without the indentation of the first, and without trailing blank lines. */
  #literal(start: number, column: number): LocatedScalar | undefined {
    const header = this.#match(literalHeader, start);
    if (header === undefined) return undefined;
    const source = this.#text;
    const from = start + header.length;
    const indent = this.#afterSpaces(from) - from;
    const lines: string[] = [];
    let end = from;
    for (let at = from; at < source.length;) {
      const content = this.#afterSpaces(at);
      const newlineAt = source.indexOf('\n', at);
      const lineEnd = newlineAt < 0 ? source.length : newlineAt;
      // The full parser handles lines that are indented between the two levels, and lines of only spaces.
      if (content === lineEnd ? content > at : content - at < indent && content - at > column) return undefined;
      if (content < lineEnd && content - at < indent) break;
      lines.push(source.slice(at + indent, lineEnd));
      at = lineEnd + 1;
      if (content < lineEnd) end = Math.min(at, source.length);
    }
    if (indent <= column || lines[0] === '') return undefined;
    while (lines.at(-1) === '') lines.pop();
    const text = `${lines.join('\n')}${header.startsWith('|-') ? '' : '\n'}`;
    this.#lineEnd = end;
    this.#nextLine();
    return { kind: 'scalar', value: text, text, at: this.#source.span(start, end) };
  }

  /** Reads a list or map in brackets that ends on the same line. */
  #flow(start: number, depth: number): Located | undefined {
    if (depth > deepest) return undefined;
    const isList = this.#text.charAt(start) === '[';
    const close = isList ? ']' : '}';
    const entries: LocatedEntry[] = [];
    const seen = new Set<string>();
    let at = this.#afterSpaces(start + 1);
    while (entries.length > 0 || this.#text.charAt(at) !== close) {
      const entry = this.#entryInFlow(at, isList, depth);
      if (!entry || seen.has(entry.key)) return undefined;
      if (!isList) seen.add(entry.key);
      entries.push(entry);
      at = this.#afterSpaces(entry.value.at.end);
      if (this.#text.charAt(at) === close) break;
      if (this.#text.charAt(at) !== ',') return undefined;
      at = this.#afterSpaces(at + 1);
    }
    const span = this.#source.span(start, at + 1);
    return isList
      ? { kind: 'list', items: entries.map(({ value }) => value), at: span }
      : { kind: 'map', entries, at: span };
  }

  #entryInFlow(start: number, isItem: boolean, depth: number): LocatedEntry | undefined {
    const name = isItem ? '' : this.#match(keyInFlow, start);
    if (name === undefined || name.length > longestKey) return undefined;
    const value = this.#inFlow(isItem ? start : this.#afterSpaces(start + name.length + 1), depth);
    return value && { key: name, keyAt: this.#source.span(start, start + name.length), value };
  }

  #inFlow(start: number, depth: number): Located | undefined {
    const first = this.#text.charAt(start);
    if (first === '[' || first === '{') return this.#flow(start, depth + 1);
    const quoted = this.#quoted(start);
    if (quoted) return quoted;
    const text = this.#match(bareInFlow, start)?.trimEnd();
    const value = text === undefined ? undefined : resolved(text);
    return text === undefined || value === undefined
      ? undefined
      : { kind: 'scalar', value, text, at: this.#source.span(start, start + text.length) };
  }

  #bare(start: number): LocatedScalar | undefined {
    const line = this.#match(bare, start);
    if (line === undefined) return undefined;
    const comment = line.indexOf(' #');
    const text = (comment < 0 ? line : line.slice(0, comment)).trimEnd();
    const value = text.includes(': ') || text.endsWith(':') ? undefined : resolved(text);
    return value === undefined
      ? undefined
      : { kind: 'scalar', value, text, at: this.#source.span(start, start + text.length) };
  }

  #isItem(): boolean {
    return this.#text.charCodeAt(this.#at) === dash && this.#text.charCodeAt(this.#at + 1) === space;
  }

  #afterSpaces(from: number): number {
    let at = from;
    while (this.#text.charCodeAt(at) === space) at++;
    return at;
  }

  #match(pattern: RegExp, at: number): string | undefined {
    pattern.lastIndex = at;
    return pattern.exec(this.#text)?.[0];
  }
}

const space = 0x20;
const newline = 0x0a;
const hash = 0x23;
const dash = 0x2d;

/**
 * Resolves a scalar by YAML's core schema. Returns `undefined` for rare kinds of numbers, which are left to the full
 * parser.
 */
function resolved(text: string): LocatedScalar['value'] | undefined {
  const word = words.get(text);
  if (word !== undefined) return word;
  if (!/^[-+.\d]/.test(text)) return text;
  if (/^(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/.test(text)) return Number(text);
  return /^[-+.\d][\d.eExXoOa-fA-FnNiIaA_+-]*$/.test(text) ? undefined : text;
}
