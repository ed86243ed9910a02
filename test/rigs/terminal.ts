/**
 * Emulates what Slipway uses of a terminal: text, newlines, cursor up, erasing, wrapping, scrolling. Throws on anything
 * else.
 */
import { textWidth } from '../../src/cli/text/text-width.ts';

export class Terminal {
  /** All lines ever, including those that scrolled away. */
  readonly #lines: string[] = [''];
  #row = 0;
  #column = 0;
  #wrap = true;
  cursorHidden = false;
  /** The number of lines that the terminal wrapped although Slipway should have cut them. */
  overflows = 0;

  constructor(
    readonly columns: number,
    readonly rows: number,
  ) {}

  write(text: string): void {
    for (const [part, sequence] of text.matchAll(/(\x1b\[[?\d;]*[A-Za-z])|\r|\n|[^\x1b\r\n]+|\x1b/g)) {
      if (sequence !== undefined) this.#act(sequence);
      else if (part === '\n') this.#down();
      else if (part === '\r') this.#column = 0;
      else if (part === '\x1b') throw new Error('an escape that this terminal does not know');
      else this.#print(part);
    }
  }

  /** Returns everything without trailing spaces and trailing empty lines. */
  get screen(): string[] {
    const lines = this.#lines.map((line) => line.trimEnd());
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  #act(sequence: string): void {
    const count = Number(/\d+/.exec(sequence)?.[0] ?? '1');
    if (sequence.endsWith('m')) return;
    if (sequence.endsWith('A')) {
      this.#row -= count;
      if (this.#row < Math.max(0, this.#lines.length - this.rows)) throw new Error('the cursor went above the window');
    } else if (sequence === '\x1b[J') {
      this.#lines[this.#row] = this.#line.slice(0, this.#column);
      this.#lines.length = this.#row + 1;
    } else if (sequence === '\x1b[K') this.#lines[this.#row] = this.#line.slice(0, this.#column);
    else if (sequence === '\x1b[?7l') this.#wrap = false;
    else if (sequence === '\x1b[?7h') this.#wrap = true;
    else if (sequence === '\x1b[?25l') this.cursorHidden = true;
    else if (sequence === '\x1b[?25h') this.cursorHidden = false;
    else if (!sequence.startsWith('\x1b[?2026'))
      throw new Error(`this terminal does not know ${JSON.stringify(sequence)}`);
  }

  get #line(): string {
    return this.#lines[this.#row] ?? '';
  }

  #print(text: string): void {
    for (const character of text) {
      if (textWidth(this.#line.slice(0, this.#column)) + textWidth(character) > this.columns) {
        this.overflows++;
        if (!this.#wrap) continue;
        this.#down();
      }
      const line = this.#line.padEnd(this.#column);
      this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + character.length);
      this.#column += character.length;
    }
  }

  #down(): void {
    this.#row++;
    this.#column = 0;
    if (this.#row === this.#lines.length) this.#lines.push('');
  }
}
