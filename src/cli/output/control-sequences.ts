/**
 * What a step may do to a terminal that it shares with others: colour its text, nothing else. Cursor moves, titles,
 * links and other control sequences (ECMA-48, and the strings of xterm) are taken out. Characters that turn the
 * direction of text (Unicode Standard Annex 9) are shown as escapes: the reader has to know that they are there.
 */
import { visible } from '../../util/visible.ts';

const special = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const directions = /^[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]$/;
const sequences =
  /\x1b(?:\[[0-?]*[ -/]*[@-~]?|[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|$)|[ -/]*[0-~])|[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const colour = /^\x1b\[[\d;:]*m$/;

/** Whether there is anything in the text that a terminal would act on, besides line ends and tabs. */
export function hasControls(text: string): boolean {
  return special.test(text);
}

/** One line with nothing left in it but text, tabs and, if they are wanted, colours. */
export function withoutControls(line: string, keepColours: boolean): string {
  return line.replace(sequences, (sequence) => {
    if (directions.test(sequence)) return visible(sequence);
    return keepColours && colour.test(sequence) ? sequence : '';
  });
}

/** Tabs as blanks up to the next multiple of 8, counted from the line's own start: a prefix must not move them. */
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
