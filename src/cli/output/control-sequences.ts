/**
 * Restricts steps that share a terminal to text and colours. Removes cursor moves, titles, links and other control
 * sequences (ECMA-48, and xterm's strings). Shows bidirectional controls (Unicode Standard Annex 9) as escapes, so that
 * the reader can see them.
 */
import { visible } from '../../util/visible.ts';

const special = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const directions = /^[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]$/;
const sequences =
  /\x1b(?:\[[0-?]*[ -/]*[@-~]?|[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|$)|[ -/]*[0-~])|[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const colour = /^\x1b\[[\d;:]*m$/;

/** Reports whether the text contains controls other than newlines and tabs. */
export function hasControls(text: string): boolean {
  return special.test(text);
}

/** Removes everything from a line except text, tabs and, on request, colours. */
export function withoutControls(line: string, keepColours: boolean): string {
  return line.replace(sequences, (sequence) => {
    if (directions.test(sequence)) return visible(sequence);
    return keepColours && colour.test(sequence) ? sequence : '';
  });
}

/** Replaces tabs by spaces up to the next multiple of 8, counted from the start of the line without its prefix. */
export function expandTabs(line: string, widthOf: (text: string) => number): string {
  if (!line.includes('\t')) return line;
  let out = '';
  let column = 0;
  for (const [i, part] of line.split('\t').entries()) {
    if (i > 0) {
      const blanks = 8 - (column % 8);
      out += ' '.repeat(blanks);
      column += blanks;
    }
    out += part;
    column += widthOf(part);
  }
  return out;
}
