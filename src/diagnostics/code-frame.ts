import type { Place } from '../model/place.ts';
import { characterWidth, displayWidth } from './display-width.ts';
import { plainStyler, type Styler } from './styler.ts';
import { visible } from '../util/visible.ts';

export interface FrameStyle {
  /** Width of the window in columns. Longer lines are cut. */
  readonly width: number;
  /** Whether the output may use `│` and `…`. */
  readonly unicode: boolean;
  readonly styler?: Styler;
  /** Columns left free on the left. */
  readonly indent?: number;
}

/** Every tab takes this many columns. Slipway does not know the tab stops of the user's editor. */
const tab = '  ';

/** Returns the numbered lines of a place with its characters underlined. Returns [] if the place has no lines. */
export function codeFrame(place: Place, style: FrameStyle): readonly string[] {
  if (!place.frame) return [];
  const { from, lines } = place.frame;
  const styler = style.styler ?? plainStyler;
  const digits = String(from + lines.length - 1).length;
  const bar = style.unicode ? '│' : '|';
  const margin = ' '.repeat(style.indent ?? 1);
  const room = Math.max(20, style.width - margin.length - digits - 3);
  const window = cutOut(place, lines[place.line - from] ?? '', room, style.unicode ? '…' : '...');
  return lines.flatMap((line, i) => {
    const here = from + i === place.line;
    const number = styler.faint(`${String(from + i).padStart(digits)} ${bar}`);
    const shown = here ? window.line : cutEnd(expanded(line), room, style.unicode ? '…' : '...');
    const rendered = `${margin}${number}${shown === '' ? '' : ` ${shown}`}`;
    if (!here || window.length === 0) return [rendered];
    const gutter = styler.faint(`${' '.repeat(digits)} ${bar}`);
    return [rendered, `${margin}${gutter} ${' '.repeat(window.start)}${styler.mark('~'.repeat(window.length))}`];
  });
}

/**
 * Cuts the line to `room` columns so that the marked characters stay visible. `start` and `length` are columns.
 * `length` is 0 if the stored line ends before them.
 */
function cutOut(
  place: Place,
  line: string,
  room: number,
  dots: string,
): { line: string; start: number; length: number } {
  if (place.column - 1 > line.length) return { line: cutEnd(expanded(line), room, dots), start: 0, length: 0 };
  const before = expanded(line.slice(0, place.column - 1));
  const meant = expanded(line.slice(place.column - 1, place.column - 1 + (place.length ?? 1)));
  const after = expanded(line.slice(place.column - 1 + (place.length ?? 1)));
  const start = displayWidth(before);
  const length = Math.max(1, displayWidth(meant));
  const whole = before + meant + after;
  if (start + Math.min(length, room / 2) <= room - dots.length || displayWidth(whole) <= room) {
    return { line: cutEnd(whole, room, dots), start, length: Math.min(length, Math.max(1, room - start)) };
  }
  const skip = start - Math.floor(room / 3);
  const cut = dropColumns(whole, skip);
  const shownStart = start - skip + cut.over + dots.length;
  return {
    line: dots + cutEnd(cut.text, room - dots.length, dots),
    start: shownStart,
    length: Math.max(1, Math.min(length, room - shownStart)),
  };
}

function expanded(text: string): string {
  return visible(text.replaceAll('\t', tab));
}

function cutEnd(text: string, columns: number, dots: string): string {
  if (displayWidth(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const character of text) {
    width += characterWidth(character);
    if (width > columns - dots.length) break;
    kept += character;
  }
  return kept + dots;
}

/** `over` counts the columns kept too many: a wide character at the cut is kept whole. */
function dropColumns(text: string, columns: number): { text: string; over: number } {
  let width = 0;
  let index = 0;
  for (const character of text) {
    const next = width + characterWidth(character);
    if (next > columns) break;
    width = next;
    index += character.length;
  }
  return { text: text.slice(index), over: columns - width };
}
