import type { Diagnostic } from '../model/diagnostic.ts';
import { codeFrame, type FrameStyle } from './code-frame.ts';
import { displayWidth } from './display-width.ts';
import { sorted } from './sorted.ts';
import { plainStyler } from './styler.ts';
import { visible } from '../util/visible.ts';

/** More diagnostics would scroll the first ones out of sight. The cause is usually among those. */
const mostShown = 200;

/**
 * Renders all diagnostics, sorted, and a line with their count and the command that explains one. Ends with a newline.
 * Returns '' for none.
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], style: FrameStyle): string {
  if (diagnostics.length === 0) return '';
  const ordered = sorted(diagnostics);
  const blocks = ordered.slice(0, mostShown).map((diagnostic) => renderDiagnostic(diagnostic, style).join('\n'));
  if (ordered.length > mostShown) blocks.push(`${style.unicode ? '…' : '...'} and ${ordered.length - mostShown} more`);
  return `${blocks.join('\n')}\n\n${countLine(ordered)}\n`;
}

/** Renders one diagnostic: message, place, code frame, related places and help. */
function renderDiagnostic(diagnostic: Diagnostic, style: FrameStyle): readonly string[] {
  const styler = style.styler ?? plainStyler;
  const { severity, code, message, place, related = [], help } = diagnostic;
  const lines = wrap(`${severity} ${code} ${visible(message)}`, style.width, 2);
  const [head = '', ...more] = lines;
  const paint = { error: styler.error, warning: styler.warning, info: styler.faint }[severity];
  const out = [paint(`${severity} ${code}`) + head.slice(severity.length + code.length + 1), ...more];
  if (place) out.push(`  ${styler.place(positionOf(place))}`, ...codeFrame(place, { indent: 3, ...style }));
  for (const other of related) {
    out.push(...wrap(`  ${visible(other.message)} at ${positionOf(other.place)}`, style.width, 4));
    if (other.place.frame) out.push(...codeFrame(other.place, { indent: 3, ...style }));
  }
  if (help !== undefined) out.push(...wrap(`  help  ${visible(help)}`, style.width, 8));
  return out;
}

function positionOf(place: { file: string; line: number; column: number }): string {
  return `${visible(place.file)}:${place.line}:${place.column}`;
}

const severities: readonly Diagnostic['severity'][] = ['error', 'warning', 'info'];

function countLine(diagnostics: readonly Diagnostic[]): string {
  const bySeverity = severities.map((severity) => diagnostics.filter((diagnostic) => diagnostic.severity === severity));
  const counts = bySeverity.flatMap((some, i) => counted(some.length, severities[i] ?? '')).join(', ');
  const worst = bySeverity.find((some) => some.length > 0)?.[0];
  return [counts, `slipway explain ${worst?.code ?? ''}`, ...(worst?.severity === 'error' ? ['exit 2'] : [])].join(
    '   ',
  );
}

function counted(count: number, noun: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${noun}${count === 1 ? '' : 's'}`];
}

/** Wraps at spaces. A word longer than the width stays whole. */
function wrap(text: string, width: number, indent: number): readonly string[] {
  const margin = /^ */.exec(text)?.[0] ?? '';
  const lines: string[] = [];
  let line = margin;
  for (const word of text.slice(margin.length).split(' ')) {
    const start = line.trim() === '' ? line : `${line} `;
    if (line.trim() !== '' && displayWidth(start + word) > width) {
      lines.push(line);
      line = ' '.repeat(indent) + word;
    } else line = start + word;
  }
  return [...lines, line];
}
