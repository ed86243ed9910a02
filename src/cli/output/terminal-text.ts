import { ColourKeeper } from './colour-keeper.ts';
import { LineReader } from './line-reader.ts';

/**
 * What a step printed, as a terminal may show it: its lines and their colours, and nothing that steers the terminal.
 */
export class TerminalText {
  readonly #reader = new LineReader();
  readonly #colours: ColourKeeper;

  constructor(colours: boolean) {
    this.#colours = new ColourKeeper(colours);
  }

  /** The lines that these bytes complete. */
  push(bytes: Uint8Array): string {
    return this.#reader
      .push(bytes)
      .map((line) => `${this.#colours.show(line)}\n`)
      .join('');
  }

  /** The line that nothing ended. */
  end(): string {
    const rest = this.#reader.end();
    return rest === undefined ? '' : this.#colours.show(rest);
  }
}
