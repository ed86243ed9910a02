import type { Report } from '../../diagnostics/problem.ts';
import type { Span } from '../../diagnostics/source-text.ts';
import { wordEnd, wordStart } from './characters.ts';
import type { CopyInstruction, Heredoc, Instruction, RunInstruction, Word } from './dockerfile.ts';
import { heredocStart, readHeredocs } from './heredocs.ts';
import {
  jsonWords,
  oldPair,
  pairOf,
  plainWords,
  quotedWords,
  splitInstruction,
  wordOf,
  type Pair,
  type SplitInstruction,
} from './instruction-words.ts';
import { keywordNames, keywords, type Keyword } from './keywords.ts';
import type { LineReader, LogicalLine } from './logical-lines.ts';
import { mountOptions } from './mount-options.ts';
import { problem } from './problem.ts';
import { Flags, readFlags } from './read-flags.ts';

/** `FROM`, which starts a stage. */
export interface FromInstruction {
  readonly kind: 'from';
  readonly keyword: string;
  readonly span: Span;
  readonly base: Word;
  readonly name: Word | undefined;
  readonly platform: Word | undefined;
}

export interface InstructionContext {
  readonly escape: string;
  readonly report: Report;
  /** Here-documents follow the instruction in the file. */
  readonly reader: LineReader;
}

/** The parts that all instructions have. */
interface Parts {
  readonly keyword: string;
  readonly span: Span;
  readonly line: LogicalLine;
  readonly split: SplitInstruction;
  readonly args: readonly Word[];
  readonly form: 'json' | 'shell';
  readonly flags: Flags;
  readonly heredocs: readonly Heredoc[];
}

/** Parses one instruction. Reports its mistakes, and returns `undefined` if it has no meaning because of them. */
export function parseInstruction(
  line: LogicalLine,
  context: InstructionContext,
): Instruction | FromInstruction | undefined {
  return parse(line, 0, context, undefined);
}

/** @param outer the here-documents of the `ONBUILD` around it */
function parse(
  line: LogicalLine,
  from: number,
  context: InstructionContext,
  outer: readonly Heredoc[] | undefined,
): Instruction | FromInstruction | undefined {
  const split = splitInstruction(line, from, context.escape);
  const keyword = split.keyword.text.toUpperCase();
  const form = Object.hasOwn(keywords, keyword) ? keywords[keyword] : undefined;
  if (form === undefined) {
    context.report(problem('D002', split.keyword.span, { keyword: split.keyword.text, known: keywordNames }));
    return undefined;
  }
  const { source, start } = split.keyword.span;
  const lastFlag = split.flags.at(-1)?.span.end ?? split.keyword.span.end;
  const span = source.span(start, Math.max(lastFlag, line.span(split.start, split.end).end));
  const json = form.form.startsWith('json') ? jsonWords(line, split.start, split.end) : undefined;
  // Read here-documents even if the instruction is wrong. Their lines are no instructions.
  const heredocs = outer ?? heredocsOf(line, split, keyword, json !== undefined, span, context);
  if (json === 'other') {
    context.report(problem('D011', line.span(split.start, split.end), { keyword }));
    return undefined;
  }
  const args = json ?? argumentsOf(line, split, form, context.escape);
  if (args.length < form.least || args.length > (form.most ?? args.length)) {
    context.report(problem('D005', span, { keyword, wanted: form.wanted }));
    return undefined;
  }
  const flags =
    form.flags === undefined || isWithoutHealthCheck(keyword, line, split)
      ? new Flags(new Map())
      : readFlags(split.flags, keyword, form.flags, context.report);
  return instructionOf(
    { keyword, span, line, split, args, form: json === undefined ? 'shell' : 'json', flags, heredocs },
    context,
  );
}

/** `HEALTHCHECK NONE`: BuildKit does not look at its flags. */
function isWithoutHealthCheck(keyword: string, { text }: LogicalLine, { start, end }: SplitInstruction): boolean {
  return keyword === 'HEALTHCHECK' && text.slice(start, wordEnd(text, start, end)).toUpperCase() === 'NONE';
}

const withHeredocs = ['ADD', 'COPY', 'RUN'];

function heredocsOf(
  line: LogicalLine,
  split: SplitInstruction,
  keyword: string,
  json: boolean,
  span: Span,
  { escape, reader, report }: InstructionContext,
): readonly Heredoc[] {
  if (keyword === 'ONBUILD') {
    const trigger = splitInstruction(line, split.start, escape);
    const name = trigger.keyword.text.toUpperCase();
    const array = jsonWords(line, trigger.start, trigger.end) !== undefined;
    return name === keyword ? [] : heredocsOf(line, trigger, name, array, span, { escape, reader, report });
  }
  return withHeredocs.includes(keyword) && !json ? readHeredocs(line.text, span, reader, report) : [];
}

function argumentsOf(
  line: LogicalLine,
  { start, end }: SplitInstruction,
  { form }: Keyword,
  escape: string,
): readonly Word[] {
  if (start >= end) return [];
  if (form === 'words' || form === 'json-or-words') return plainWords(line, start, end);
  if (form === 'names' || form === 'pairs') return quotedWords(line, start, end, escape);
  return [wordOf(line, start, end)];
}

function instructionOf(parts: Parts, context: InstructionContext): Instruction | FromInstruction | undefined {
  const { keyword, span, args } = parts;
  const first = args[0]!;
  switch (keyword) {
    case 'FROM':
      return fromInstruction(parts, context.report);
    case 'ARG': {
      const pairs = args.map(pairOf);
      for (const { name } of pairs) if (name.text === '') reportPair(parts, first, context.report);
      return { kind: 'arg', keyword, span, args: pairs };
    }
    case 'ENV':
      return { kind: 'env', keyword, span, pairs: pairsOf(parts, context.report) };
    case 'ADD':
    case 'COPY':
      return copyInstruction({ ...parts, keyword }, context.report);
    case 'RUN':
      return runInstruction(parts, context.report);
    case 'WORKDIR':
      return { kind: 'workdir', keyword, span, path: first };
    case 'USER':
      return { kind: 'user', keyword, span, user: first };
    case 'ONBUILD':
      return onbuildInstruction(parts, context);
    default:
      checkOther(parts, context.report);
      return { kind: 'other', keyword, span, args };
  }
}

function fromInstruction({ keyword, span, args, flags }: Parts, report: Report): FromInstruction | undefined {
  const [base, as, name] = args;
  const named = args.length === 3 && as?.text.toLowerCase() === 'as';
  if (base === undefined || (args.length !== 1 && !named)) {
    report(problem('D005', span, { keyword, wanted: keywords[keyword]!.wanted }));
    return base && { kind: 'from', keyword, span, base, name: undefined, platform: undefined };
  }
  if (named && !/^[a-z][a-z0-9_.-]*$/i.test(name!.text)) report(problem('D010', name!.span, { name: name!.text }));
  return {
    kind: 'from',
    keyword,
    span,
    base,
    name: named ? { text: name!.text.toLowerCase(), span: name!.span } : undefined,
    platform: flags.text('platform'),
  };
}

function reportPair({ keyword }: Parts, word: Word, report: Report): void {
  report(problem('D012', word.span, { keyword, word: word.text }));
}

/** Returns the valid pairs of `ENV` or `LABEL`. */
function pairsOf(parts: Parts, report: Report): readonly { readonly name: Word; readonly value: Word }[] {
  const { line, split, args } = parts;
  const old = args[0]!.text.includes('=') ? undefined : [oldPair(line, split.start, split.end)];
  const pairs: readonly (Pair | undefined)[] = old ?? args.map(pairOf);
  return pairs.flatMap((pair, i) => {
    if (pair?.value !== undefined && pair.name.text !== '') return [{ name: pair.name, value: pair.value }];
    reportPair(parts, args[i]!, report);
    return [];
  });
}

function copyInstruction(
  { keyword, span, args, flags, heredocs }: Parts & { readonly keyword: CopyInstruction['keyword'] },
  report: Report,
): CopyInstruction {
  const destination = args.at(-1)!;
  if (heredocStart(destination.text) !== undefined) report(problem('D008', destination.span, { keyword }));
  return {
    kind: 'copy',
    keyword,
    span,
    sources: args.slice(0, -1).filter(({ text }) => heredocStart(text) === undefined),
    destination,
    from: noneIfEmpty(flags.text('from')),
    chown: noneIfEmpty(flags.text('chown')),
    chmod: noneIfEmpty(flags.text('chmod')),
    link: flags.switch('link') === true,
    parents: flags.switch('parents') === true,
    excludes: flags.list('exclude'),
    checksum: noneIfEmpty(flags.text('checksum')),
    unpack: flags.switch('unpack'),
    heredocs,
  };
}

function noneIfEmpty(word: Word | undefined): Word | undefined {
  return word?.text === '' ? undefined : word;
}

const networks = ['default', 'none', 'host'];
const securities = ['sandbox', 'insecure'];

function runInstruction({ keyword, span, args, form, flags, heredocs }: Parts, report: Report): RunInstruction {
  for (const [name, known] of [
    ['network', networks],
    ['security', securities],
  ] as const) {
    const value = flags.text(name);
    if (value !== undefined && !known.includes(value.text))
      report(problem('D004', value.span, { flag: `--${name}`, reason: 'value', value: value.text }));
  }
  const mounts = flags.list('mount').flatMap(({ text, span: at }) => {
    const options = mountOptions(text);
    if (options === undefined) report(problem('D017', at, { option: text }));
    for (const { key, value = '' } of options ?? [])
      if (key === 'from' && value.slice(0, -1).includes('$')) report(problem('D016', at, { from: value }));
    return options === undefined ? [] : [{ span: at, options }];
  });
  return { kind: 'run', keyword, span, mounts, command: args.map(({ text }) => text), form, heredocs };
}

const notTriggers = ['ONBUILD', 'FROM', 'MAINTAINER'];

function onbuildInstruction(
  { keyword, span, line, split, heredocs }: Parts,
  context: InstructionContext,
): Instruction | undefined {
  const name = splitInstruction(line, split.start, context.escape).keyword;
  if (notTriggers.includes(name.text.toUpperCase())) {
    context.report(problem('D013', name.span, { keyword: name.text.toUpperCase() }));
    return undefined;
  }
  const trigger = parse(line, split.start, context, heredocs);
  return trigger === undefined || trigger.kind === 'from' ? undefined : { kind: 'onbuild', keyword, span, trigger };
}

function checkOther(parts: Parts, report: Report): void {
  const { keyword, line, split, args } = parts;
  if (keyword === 'LABEL') pairsOf(parts, report);
  if (keyword === 'SHELL' && parts.form !== 'json')
    report(problem('D011', line.span(split.start, split.end), { keyword }));
  for (const arg of keyword === 'VOLUME' ? args : [])
    if (arg.text.trim() === '') report(problem('D005', arg.span, { keyword, wanted: 'paths that are not empty' }));
  if (keyword === 'HEALTHCHECK') checkHealth(line, split, report);
}

function checkHealth(line: LogicalLine, { start, end }: SplitInstruction, report: Report): void {
  const typeEnd = wordEnd(line.text, start, end);
  const type = line.text.slice(start, typeEnd);
  const rest = wordStart(line.text, typeEnd, end);
  const json = jsonWords(line, rest, end);
  const hasCommand = json === undefined ? rest < end : json.length > 0;
  const valid =
    type.toUpperCase() === 'NONE' ? !hasCommand : type.toUpperCase() === 'CMD' && hasCommand && json !== 'other';
  if (!valid) report(problem('D022', line.span(start, end), { type: line.text.slice(start, end) }));
}
