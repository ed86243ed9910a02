/** Here-documents of `RUN`, `COPY` and `ADD`. */
import type { Report } from '../../diagnostics/problem.ts';
import type { Span } from '../../diagnostics/source-text.ts';
import type { Heredoc } from './dockerfile.ts';
import type { LineReader } from './logical-lines.ts';
import { problem } from './problem.ts';
import { expand, type ShellSyntax } from './shell-words.ts';

type HeredocStart = Pick<Heredoc, 'name' | 'expands' | 'chomps'>;

/** A backslash escapes here even if the file has another escape character. */
const unexpanded: ShellSyntax = { escape: '\\', valueOf: () => undefined, keepsUnset: true };

/** Parses `<<NAME`, `<<-NAME` or `3<<"NAME"`. Returns `undefined` for any other word. */
export function heredocStart(word: string): HeredocStart | undefined {
  const [, dash, rest = ''] = /^\d*<<(-?)[\t\n\f\r ]*([^<]*)$/.exec(word) ?? [];
  if (dash === undefined || rest === '') return undefined;
  const plain = expand(rest, unexpanded);
  const raw = expand(rest, { ...unexpanded, keepsQuotes: true });
  if ('mistake' in plain || 'mistake' in raw || plain.words.length !== 1 || raw.words.length !== 1) return undefined;
  const [name = ''] = plain.words;
  // A quote that is removed was around a part of the name.
  return { name, expands: quotes(name) === quotes(raw.words[0] ?? ''), chomps: dash === '-' };
}

function quotes(text: string): number {
  return text.replaceAll(/[^'"]/g, '').length;
}

/** Reads the here-documents that an instruction starts. They follow it in the order of their names. */
export function readHeredocs(instruction: string, span: Span, reader: LineReader, report: Report): readonly Heredoc[] {
  if (!instruction.includes('<<')) return [];
  const split = expand(instruction, { ...unexpanded, keepsQuotes: true, keepsEscapes: true });
  // With an open quote, the instruction has no here-documents.
  if ('mistake' in split) return [];
  const starts = split.words.map(heredocStart).filter((start) => start !== undefined);
  return starts.map((start) => readHeredoc(start, span, reader, report));
}

function readHeredoc(start: HeredocStart, span: Span, reader: LineReader, report: Report): Heredoc {
  const { text } = reader.source;
  let from: number | undefined;
  let end: number | undefined;
  for (let line = reader.next(); line !== undefined; line = reader.next()) {
    from ??= line.start;
    end = line.start;
    if ((start.chomps ? line.text.replace(/^\t+/, '') : line.text) === start.name)
      return { ...start, content: text.slice(from, end), span: reader.source.span(from, end) };
    end = line.next;
  }
  report(problem('D007', span, { name: start.name }));
  const content = from === undefined ? '' : text.slice(from, end);
  return { ...start, content, span: reader.source.span(from ?? text.length, end ?? text.length) };
}
