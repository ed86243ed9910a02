/** Splits an instruction into its keyword, flags and arguments. Each keyword has one of these forms. */
import type { Span } from '../../diagnostics/source-text.ts';
import { isSpace, isSeparator, trimmed, wordEnd, wordStart } from './characters.ts';
import type { Word } from './dockerfile.ts';
import type { LogicalLine } from './logical-lines.ts';

/** A flag without its quotes: `--name=value`. */
export interface Flag {
  readonly text: string;
  readonly span: Span;
}

export interface SplitInstruction {
  readonly keyword: Word;
  readonly flags: readonly Flag[];
  /** Where the arguments are in the line. */
  readonly start: number;
  readonly end: number;
}

/** @param from where the instruction starts in the line: not at its start for the trigger of `ONBUILD` */
export function splitInstruction(line: LogicalLine, from: number, escape: string): SplitInstruction {
  const [start, end] = trimmed(line.text, from, line.text.length);
  const keywordEnd = wordEnd(line.text, start, end);
  const { flags, at } = readFlags(line, wordStart(line.text, keywordEnd, end), end, escape);
  const [first, last] = trimmed(line.text, at, end);
  return { keyword: wordOf(line, start, keywordEnd), flags, start: first, end: last };
}

export function wordOf(line: LogicalLine, start: number, end: number): Word {
  return { text: line.text.slice(start, end), span: line.span(start, end) };
}

/** Flags end at the first word without two dashes, or after `--`. */
function readFlags(
  line: LogicalLine,
  start: number,
  end: number,
  escape: string,
): { readonly flags: readonly Flag[]; readonly at: number } {
  const { text } = line;
  const flags: Flag[] = [];
  let at = start;
  while (at < end) {
    if (isSpace(text[at]!)) {
      at++;
      continue;
    }
    if (!text.startsWith('--', at) || at + 1 >= end) break;
    const from = at;
    let flag = '';
    let quote: string | undefined;
    for (; at < end && (quote !== undefined || !isSpace(text[at]!)); at++) {
      const character = text[at]!;
      if (character === quote) quote = undefined;
      else if (quote === undefined && (character === "'" || character === '"')) quote = character;
      else if (character !== escape) flag += character;
      else if (at + 1 < end) flag += text[++at]!;
    }
    if (flag === '--') break;
    // BuildKit reads flags byte by byte, so a character outside of ASCII becomes several.
    flags.push({ text: Buffer.from(flag).toString('latin1'), span: line.span(from, at) });
  }
  return { flags, at };
}

/** Splits at blanks. Quotes have no meaning. */
export function plainWords(line: LogicalLine, start: number, end: number): readonly Word[] {
  const words: Word[] = [];
  for (let at = start; at < end; at = wordStart(line.text, at, end)) {
    const from = at;
    at = wordEnd(line.text, at, end);
    words.push(wordOf(line, from, at));
  }
  return words;
}

/** Splits at white space outside of quotes. Quotes and escapes stay. */
export function quotedWords(line: LogicalLine, start: number, end: number, escape: string): readonly Word[] {
  const { text } = line;
  const words: Word[] = [];
  let at = start;
  while (at < end) {
    if (isSpace(text[at]!)) {
      at++;
      continue;
    }
    const from = at;
    let word = '';
    let quote: string | undefined;
    for (; at < end && (quote !== undefined || !isSpace(text[at]!)); at++) {
      const character = text[at]!;
      if (character === escape && quote !== "'") {
        // An escape character at the end of the instruction is dropped.
        if (at + 1 < end) word += character + text[++at]!;
        continue;
      }
      if (character === quote) quote = undefined;
      else if (quote === undefined && (character === "'" || character === '"')) quote = character;
      word += character;
    }
    if (word !== '') words.push({ text: word, span: line.span(from, at) });
  }
  return words;
}

/** Returns the texts of a JSON array, 'other' for an array of something else, or `undefined` if it is no array. */
export function jsonWords(line: LogicalLine, start: number, end: number): readonly Word[] | 'other' | undefined {
  const text = line.text.slice(start, end);
  if (!text.startsWith('[')) return undefined;
  const parsed = parseJson(text);
  if (!Array.isArray(parsed)) return undefined;
  if (!parsed.every((item): item is string => typeof item === 'string')) return 'other';
  const literals = [...text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"/g)];
  return parsed.map((item, i) => {
    const literal = literals[i]!;
    return { text: item, span: line.span(start + literal.index, start + literal.index + literal[0].length) };
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON, so it is the shell form.
    return undefined;
  }
}

export interface Pair {
  readonly name: Word;
  /** Absent without `=`. */
  readonly value: Word | undefined;
}

/** Splits `name=value` words at the first `=`. The span of a value starts there. */
export function pairOf(word: Word): Pair {
  const at = word.text.indexOf('=');
  if (at < 0) return { name: word, value: undefined };
  const { source, start, end } = word.span;
  // With an escape or a line continuation in the name, the value starts somewhere else: point at the whole word.
  const written = source.text.slice(start, end).indexOf('=');
  const valueStart = written < 0 ? start : start + written + 1;
  return {
    name: { text: word.text.slice(0, at), span: source.span(start, Math.max(start, valueStart - 1)) },
    value: { text: word.text.slice(at + 1), span: source.span(valueStart, end) },
  };
}

/** The old form `ENV name value with blanks`. Returns `undefined` without a value. */
export function oldPair(line: LogicalLine, start: number, end: number): Pair | undefined {
  const nameEnd = wordEnd(line.text, start, end);
  if (!isSeparator(line.text[nameEnd]) || nameEnd >= end) return undefined;
  return {
    name: wordOf(line, start, nameEnd),
    value: wordOf(line, wordStart(line.text, nameEnd, end), end),
  };
}
