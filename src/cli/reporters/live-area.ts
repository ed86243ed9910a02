/**
 * The part of a terminal that is redrawn below scrolling lines. Computes the characters that change the screen from its
 * old lines to the new ones, as one write.
 */
import { textWidth } from '../text/text-width.ts';

const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';
/** Synchronised output: terminals that support it show an update at once, others ignore it. */
const beginUpdate = '\x1b[?2026h';
const endUpdate = '\x1b[?2026l';
/** Terminals disagree on the width of some characters. A line that comes out too long is cut, not wrapped. */
const noWrap = '\x1b[?7l';
const wrap = '\x1b[?7h';
const eraseBelow = '\x1b[J';
const eraseRight = '\x1b[K';

export class LiveArea {
  /** The lines on the screen. The cursor is in the first cell below them. */
  #lines: readonly string[] = [];
  #columns = 0;
  #begun = false;

  /**
   * @param above whole lines with newlines, to print above the area
   * @param lines narrower than the screen by at least one cell
   * @returns the characters to write, or '' if nothing changed
   */
  paint(above: string, lines: readonly string[], columns: number): string {
    const moved = this.#columns !== columns;
    const body = above !== '' || moved ? this.#redraw(above, lines, columns) : this.#update(lines);
    this.#lines = lines;
    this.#columns = columns;
    if (body === '') return '';
    const begin = this.#begun ? '' : hideCursor;
    this.#begun = true;
    return beginUpdate + begin + body + endUpdate;
  }

  /** Removes the area from the screen and shows the cursor. Earlier lines stay. */
  close(above: string, columns: number): string {
    if (!this.#begun) return above;
    const body = this.#redraw(above, [], columns);
    this.#lines = [];
    this.#begun = false;
    return beginUpdate + body + showCursor + endUpdate;
  }

  #redraw(above: string, lines: readonly string[], columns: number): string {
    const rows = this.#rowsAt(columns);
    return `${up(rows)}${rows > 0 ? eraseBelow : ''}${above}${lines.length === 0 ? '' : noWrap}${lines.map((line) => `${line}\n`).join('')}${lines.length === 0 ? '' : wrap}`;
  }

  /** Writes only changed lines and skips the others. */
  #update(lines: readonly string[]): string {
    const old = this.#lines;
    const first = lines.findIndex((line, i) => line !== old[i]);
    if (first === -1 && lines.length === old.length) return '';
    const from = first === -1 ? lines.length : first;
    let body = up(old.length - from);
    for (let i = from; i < lines.length; i++) body += lines[i] === old[i] ? '\n' : `${lines[i]}${eraseRight}\n`;
    if (lines.length < old.length) body += eraseBelow;
    return noWrap + body + wrap;
  }

  /** Returns how many rows the area takes now: terminals rewrap lines when they get narrower. */
  #rowsAt(columns: number): number {
    if (columns >= this.#columns) return this.#lines.length;
    return this.#lines.reduce((rows, line) => rows + Math.max(1, Math.ceil(textWidth(line) / columns)), 0);
  }
}

function up(rows: number): string {
  return rows > 0 ? `\x1b[${rows}A\r` : '';
}
