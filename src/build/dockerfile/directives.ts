import type { Report } from '../../diagnostics/problem.ts';
import { isSpace } from './characters.ts';
import type { Word } from './dockerfile.ts';
import type { PhysicalLine } from './logical-lines.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { problem } from './problem.ts';

const names = ['syntax', 'escape', 'check'];

/** The parser directives at the top of a file. They end with the first line that is none. */
export class Directives {
  readonly values = new Map<string, Word>();
  escape = '\\';
  #open = true;
  readonly #source: SourceText;
  readonly #report: Report;

  constructor(source: SourceText, report: Report) {
    this.#source = source;
    this.#report = report;
  }

  /** Reads a line, if directives are still possible. */
  read({ text, start }: PhysicalLine): void {
    if (!this.#open) return;
    this.#open = false;
    let at = 0;
    while (at < text.length && isSpace(text[at]!)) at++;
    const [, before = '', name = '', middle = '', value = ''] =
      /^(#\s*)([a-zA-Z][a-zA-Z0-9]*)(\s*=\s*)(\S(?:.*\S)?)\s*$/.exec(text.slice(at)) ?? [];
    const directive = name.toLowerCase();
    if (!names.includes(directive)) return;
    this.#open = true;
    const offset = start + at + before.length;
    const valueStart = offset + name.length + middle.length;
    const span = this.#source.span(valueStart, valueStart + value.length);
    if (this.values.has(directive)) {
      this.#report(problem('D006', this.#source.span(offset, offset + name.length), { directive }));
      return;
    }
    this.values.set(directive, { text: value, span });
    if (directive !== 'escape') return;
    if (value === '\\' || value === '`') this.escape = value;
    else this.#report(problem('D006', span, { directive, value }));
  }
}
