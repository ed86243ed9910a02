import { stripColours } from './strip-colours.ts';
import { cutText, textWidth } from './text-width.ts';

/**
 * Wraps at spaces to lines of at most `cells`, all indented like the first. A word longer than a line is cut. A line
 * that fits keeps its colours.
 */
export function wrapText(text: string, cells: number | undefined): string[] {
  if (cells === undefined || textWidth(text) <= cells) return [text];
  const plain = stripColours(text);
  const margin = ' '.repeat(Math.min(plain.length - plain.trimStart().length, Math.floor(cells / 2)));
  return fold(plain.trimStart(), cells - margin.length).map((line) => margin + line);
}

function fold(text: string, cells: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (textWidth(longer) <= cells) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (textWidth(line) > cells) {
      // At least one character, however wide: in a window of one cell the loop must still end.
      const head = cutText(line, cells, '') || (line.match(/^./su)?.[0] ?? '');
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  return line === '' ? lines : [...lines, line];
}
