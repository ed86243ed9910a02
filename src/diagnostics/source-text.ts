import type { Place } from '../model/place.ts';

/** A stretch of a file, as offsets: cheap to carry on every node, turned into a `Place` only when somebody asks. */
export interface Span {
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
}

/** How many lines around a place are kept with it. */
export interface FrameSize {
  readonly before: number;
  readonly after: number;
}

/** A line longer than this is kept without its end: a minified file must not be stored once per mistake in it. */
const longestLine = 1000;

const diagnosticFrame: FrameSize = { before: 1, after: 0 };

/** A text file as it was read, which knows the lines of its offsets. */
export class SourceText {
  readonly #lineStarts: readonly number[];

  constructor(
    /** As diagnostics name it; see `Place.file`. */
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

  /** Line and column from 1; the column counts UTF-16 units, as editors do. */
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

  /** Without its line end; `undefined` past the last line. */
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

/** The place of a span; of one over several lines, its first line is the one to underline. */
export function placeOf(span: Span, size: FrameSize = diagnosticFrame): Place {
  const { source } = span;
  const { line, column } = source.position(span.start);
  const rest = (source.line(line) ?? '').length - (column - 1);
  const length = Math.max(1, Math.min(span.end - span.start, rest));
  return { file: source.file, line, column, length, frame: frameAround(source, line, size) };
}

function frameAround(source: SourceText, line: number, size: FrameSize): { from: number; lines: readonly string[] } {
  const from = Math.max(1, line - size.before);
  // Behind the last line end there is a line only for what is said about it.
  const last = source.line(source.lineCount) === '' ? source.lineCount - 1 : source.lineCount;
  const to = Math.max(line, Math.min(last, line + size.after));
  const lines: string[] = [];
  for (let number = from; number <= to; number++) lines.push((source.line(number) ?? '').slice(0, longestLine));
  return { from, lines };
}

/**
 * The span of the first `part` inside `whole`, such as one `${name}` inside a string; all of `whole` when it is not
 * written there letter by letter (an escape sequence, a folded line).
 */
export function spanWithin(whole: Span, part: string): Span {
  // Only there: to look through the rest of a long file for each text would take for ever.
  const at = whole.source.text.slice(whole.start, whole.end).indexOf(part);
  return at < 0 ? whole : whole.source.span(whole.start + at, whole.start + at + part.length);
}
