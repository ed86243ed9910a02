import { ColourState } from './colour-state.ts';
import { LineReader } from './line-reader.ts';

/** Filters a step's output for a terminal: keeps lines and colours, removes controls. */
export class TerminalText {
  readonly #reader = new LineReader();
  readonly #colours: ColourState;

  constructor(colours: boolean) {
    this.#colours = new ColourState(colours);
  }

  /** Returns the lines that these bytes complete. */
  push(bytes: Uint8Array): string {
    return this.#reader
      .push(bytes)
      .map((line) => `${this.#colours.show(line)}\n`)
      .join('');
  }

  /** Returns the unfinished last line. */
  end(): string {
    const rest = this.#reader.end();
    return rest === undefined ? '' : this.#colours.show(rest);
  }
}
