/**
 * The part of a terminal that is drawn again and again, below lines that scroll away. Makes the characters that turn
 * what the screen shows into what it shall show, as one write: it remembers its lines, knows nothing of where they come
 * from.
 */
import { textWidth } from '../text/width.ts';

const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';
/** Terminals that know it show all of an update at once (synchronised output); the others ignore it. */
const beginUpdate = '\x1b[?2026h';
const endUpdate = '\x1b[?2026l';
/** Terminals do not agree on the width of every character: a line that comes out longer is cut there, never wrapped. */
const noWrap = '\x1b[?7l';
const wrap = '\x1b[?7h';
const eraseBelow = '\x1b[J';
const eraseRight = '\x1b[K';

export class LiveArea {
  /** What is on the screen; the cursor stands in the first cell below it. */
  #lines: readonly string[] = [];
  #columns = 0;
  #begun = false;

  /**
   * @param above whole lines, each with its end, that go above the area and stay
   * @param lines at most as wide as the screen less one cell
   * @returns what to write; empty if nothing has changed
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

  /** Takes the area off the screen and gives the cursor back. What was above stays. */
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

  /** Only what differs is written: the rest is stepped over. */
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

  /** Terminals fold lines anew when they get narrower: how many rows ours take now. */
  #rowsAt(columns: number): number {
    if (columns >= this.#columns) return this.#lines.length;
    return this.#lines.reduce((rows, line) => rows + Math.max(1, Math.ceil(textWidth(line) / columns)), 0);
  }
}

function up(rows: number): string {
  return rows > 0 ? `\x1b[${rows}A\r` : '';
}
