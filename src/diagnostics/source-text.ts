import type { Place } from '../model/place.ts';

/** A range of a file as offsets. Every node has one, so it is cheap. `placeOf` turns it into a `Place` on demand. */
export interface Span {
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
}

/** How many lines before and after a place its code frame has. */
export interface FrameSize {
  readonly before: number;
  readonly after: number;
}

/** Longer lines are cut. Otherwise each mistake in a minified file would store the whole file. */
const longestLine = 1000;

const diagnosticFrame: FrameSize = { before: 1, after: 0 };

/** The text of a file, with an index from offsets to lines. */
export class SourceText {
  readonly #lineStarts: readonly number[];

  constructor(
    /** The name of the file in diagnostics. See `Place.file`. */
    readonly file: string,
    readonly text: string,
  ) {
    const starts = [0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
  }

  span(start: number, end: number): Span {
    return { source: this, start, end };
  }

  /** Returns line and column, both from 1. The column counts UTF-16 units, as editors do. */
  position(offset: number): { readonly line: number; readonly column: number } {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#lineStarts[low] ?? 0) + 1 };
  }

  /** Returns a line without its line end, or `undefined` past the last line. */
  line(number: number): string | undefined {
    const start = this.#lineStarts[number - 1];
    if (start === undefined) return undefined;
    const next = this.#lineStarts[number];
    const line = this.text.slice(start, next === undefined ? undefined : next - 1);
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }

  get lineCount(): number {
    return this.#lineStarts.length;
  }
}

/** Returns the place of a span. If the span has several lines, its first line is underlined. */
export function placeOf(span: Span, size: FrameSize = diagnosticFrame): Place {
  const { source } = span;
  const { line, column } = source.position(span.start);
  const rest = (source.line(line) ?? '').length - (column - 1);
  const length = Math.max(1, Math.min(span.end - span.start, rest));
  return { file: source.file, line, column, length, frame: frameAround(source, line, size) };
}

function frameAround(source: SourceText, line: number, size: FrameSize): { from: number; lines: readonly string[] } {
  const from = Math.max(1, line - size.before);
  // A newline at the end of the file starts one more, empty line. A frame shows it only if the place is on it.
  const last = source.line(source.lineCount) === '' ? source.lineCount - 1 : source.lineCount;
  const to = Math.max(line, Math.min(last, line + size.after));
  const lines: string[] = [];
  for (let number = from; number <= to; number++) lines.push((source.line(number) ?? '').slice(0, longestLine));
  return { from, lines };
}

/**
 * Returns the span of the first `part` inside `whole`, for example of one `${name}` inside a string. Returns `whole` if
 * the file does not contain `part` literally, for example because of an escape sequence or a folded line.
 */
export function spanWithin(whole: Span, part: string): Span {
  // Search only inside `whole`: searching the rest of a long file for each text would be quadratic.
  const at = whole.source.text.slice(whole.start, whole.end).indexOf(part);
  return at < 0 ? whole : whole.source.span(whole.start + at, whole.start + at + part.length);
}
