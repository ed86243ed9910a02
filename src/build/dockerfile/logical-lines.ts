/** Lines of a Dockerfile: physical ones, and instructions that continue over several of them. */
import type { SourceText, Span } from '../../diagnostics/source-text.ts';
import { isSpace } from './characters.ts';

export interface PhysicalLine {
  /** Without the end of the line. */
  readonly text: string;
  /** The offset of the first character in the file. */
  readonly start: number;
  /** The offset after the end of the line. */
  readonly next: number;
}

/** Reads a file line by line. Carriage returns at the end of a line do not belong to it. */
export class LineReader {
  readonly source: SourceText;
  #at: number;

  constructor(source: SourceText) {
    this.source = source;
    this.#at = source.text.startsWith('\ufeff') ? 1 : 0;
  }

  next(): PhysicalLine | undefined {
    const { text } = this.source;
    const start = this.#at;
    if (start >= text.length) return undefined;
    const newline = text.indexOf('\n', start);
    this.#at = newline < 0 ? text.length : newline + 1;
    let end = newline < 0 ? text.length : newline;
    while (end > start && text[end - 1] === '\r') end--;
    return { text: text.slice(start, end), start, next: this.#at };
  }
}

interface Piece {
  /** Where it starts in the text of the instruction, and in the file. */
  readonly at: number;
  readonly offset: number;
}

/** One instruction without line continuations, and where each of its characters is in the file. */
export class LogicalLine {
  #text = '';
  readonly #pieces: Piece[] = [];
  readonly #source: SourceText;

  constructor(source: SourceText) {
    this.#source = source;
  }

  get text(): string {
    return this.#text;
  }

  add(text: string, offset: number): void {
    this.#pieces.push({ at: this.#text.length, offset });
    this.#text += text;
  }

  span(start: number, end: number): Span {
    const from = this.#offset(start);
    return this.#source.span(from, end > start ? this.#offset(end - 1) + 1 : from);
  }

  #offset(at: number): number {
    let low = 0;
    let high = this.#pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#pieces[middle]!.at <= at) low = middle;
      else high = middle - 1;
    }
    const piece = this.#pieces[low] ?? { at: 0, offset: 0 };
    return piece.offset + at - piece.at;
  }
}

/**
 * Returns the next instruction, or `undefined` for a line without one: a comment or an empty line. Comments and empty
 * lines inside of an instruction are left out.
 */
export function logicalLine(reader: LineReader, first: PhysicalLine, escape: string): LogicalLine | undefined {
  const line = new LogicalLine(reader.source);
  const blanks = leadingSpace(first.text);
  const text = first.text.slice(blanks);
  if (text === '' || text.startsWith('#')) return undefined;
  let continued = continuedText(text, escape);
  line.add(continued ?? text, first.start + blanks);
  while (continued !== undefined) {
    const physical = reader.next();
    if (physical === undefined) break;
    const skipped = leadingSpace(physical.text);
    if (skipped === physical.text.length || physical.text[skipped] === '#') continue;
    continued = continuedText(physical.text, escape);
    line.add(continued ?? physical.text, physical.start);
  }
  return line;
}

function leadingSpace(text: string): number {
  let at = 0;
  while (at < text.length && isSpace(text[at]!)) at++;
  return at;
}

/**
 * Returns the line up to its continuation character, or `undefined` if the next line does not belong to it. An escaped
 * escape character continues nothing, and blanks after the character do not matter.
 */
function continuedText(text: string, escape: string): string | undefined {
  let end = text.length;
  while (text[end - 1] === ' ' || text[end - 1] === '\t') end--;
  if (text[end - 1] !== escape || (end > 1 && text[end - 2] === escape)) return undefined;
  return text.slice(0, end - 1);
}
