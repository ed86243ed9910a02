import type { TemplateRange } from './template-mistake.ts';

export type TokenKind =
  | 'text'
  | 'open'
  | 'close'
  | 'space'
  | 'string'
  | 'rawString'
  | 'character'
  | 'number'
  | 'bool'
  | 'field'
  | 'variable'
  | 'identifier'
  | 'keyword'
  | 'dot'
  | 'nil'
  | 'pipe'
  | 'declare'
  | 'assign'
  | 'comma'
  | '('
  | ')'
  | 'end'
  /** Its text is the problem. The last token. */
  | 'problem';

export interface Token extends TemplateRange {
  readonly kind: TokenKind;
  /** As it is written, with quotes. A `text` without the white space that the actions beside it trim. */
  readonly text: string;
}

const keywords = new Set(['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'range', 'template', 'with']);

/** The white space that trim markers remove, and that separates arguments. */
const blanks = ' \t\r\n';
const startBlanks = /^[ \t\r\n]+/;

const word = String.raw`[\p{L}\p{Nd}_]`;
const patterns = {
  space: /[ \t\r\n]+/uy,
  word: new RegExp(`${word}+`, 'uy'),
  name: new RegExp(`[.$]${word}*`, 'uy'),
  string: /"(?:\\[^\n]|[^"\\\n])*"/uy,
  rawString: /`[^`]*`/uy,
  character: /'(?:\\[^\n]|[^'\\\n])*'/uy,
  number:
    /[+-]?(?:0[xX][\da-fA-F_]*\.?[\da-fA-F_]*(?:[pP][+-]?[\d_]*)?|0[oO][0-7_]*\.?[0-7_]*|0[bB][01_]*\.?[01_]*|[\d_]*\.?[\d_]*(?:[eE][+-]?[\d_]*)?)i?/uy,
};

/** Splits a template. Ends with `end` or `problem`. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let trimsNext = false;
  while (at < text.length) {
    const open = text.indexOf('{{', at);
    const end = open < 0 ? text.length : open;
    const trimsBefore = open >= 0 && text[open + 2] === '-' && isBlank(text[open + 3]);
    let plain = text.slice(at, end);
    if (trimsNext) plain = plain.replace(startBlanks, '');
    if (trimsBefore) plain = withoutEndBlanks(plain);
    if (plain !== '') tokens.push({ kind: 'text', text: plain, start: at, end });
    if (open < 0) break;
    const inside = open + (trimsBefore ? 4 : 2);
    const action = text.startsWith('/*', inside)
      ? skipComment(text, open, inside)
      : readAction(text, open, inside, tokens);
    if (action.problem !== undefined) {
      tokens.push({ kind: 'problem', text: action.problem, start: action.start, end: action.end });
      return tokens;
    }
    at = action.end;
    trimsNext = action.trims;
  }
  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length });
  return tokens;
}

type Action =
  | (TemplateRange & { readonly problem: string })
  | { readonly problem?: undefined; readonly end: number; readonly trims: boolean };

function skipComment(text: string, open: number, inside: number): Action {
  const close = text.indexOf('*/', inside + 2);
  if (close < 0) return { problem: 'unclosed comment', start: open, end: text.length };
  const closing = closingAt(text, close + 2);
  if (closing === undefined) return { problem: 'a comment must end with `*/}}`', start: open, end: close + 2 };
  return closing;
}

/** Returns the end of the action if it ends here, with or without a trim marker. */
function closingAt(text: string, at: number): { readonly end: number; readonly trims: boolean } | undefined {
  if (text.startsWith('}}', at)) return { end: at + 2, trims: false };
  return isBlank(text[at]) && text.startsWith('-}}', at + 1) ? { end: at + 4, trims: true } : undefined;
}

function readAction(text: string, open: number, inside: number, tokens: Token[]): Action {
  tokens.push({ kind: 'open', text: '{{', start: open, end: inside });
  let depth = 0;
  for (let at = inside; ;) {
    const closing = closingAt(text, at);
    if (closing !== undefined) {
      if (depth > 0) return { problem: 'unclosed left parenthesis', start: open, end: closing.end };
      tokens.push({ kind: 'close', text: '}}', start: at, end: closing.end });
      return closing;
    }
    if (at >= text.length) return { problem: 'unclosed action: `}}` is missing', start: open, end: text.length };
    const token = readToken(text, at);
    if (token.kind === '(') depth++;
    if (token.kind === ')' && --depth < 0) return { problem: 'unexpected `)`', start: at, end: at + 1 };
    if (token.kind === 'problem') return { problem: token.text, start: token.start, end: token.end };
    tokens.push(token);
    at = token.end;
  }
}

function readToken(text: string, at: number): Token {
  const first = text[at] ?? '';
  const token = (kind: TokenKind, end: number): Token => ({ kind, text: text.slice(at, end), start: at, end });
  const problem = (what: string, end = at + 1): Token => ({ kind: 'problem', text: what, start: at, end });
  const matched = (pattern: RegExp): number => {
    pattern.lastIndex = at;
    return pattern.test(text) ? pattern.lastIndex : at;
  };
  const literal = (kind: 'string' | 'rawString' | 'character', what: string): Token => {
    const end = matched(patterns[kind]);
    return end > at ? token(kind, end) : problem(`unterminated ${what}`);
  };
  if (isBlank(first)) {
    const end = matched(patterns.space);
    // The last blank belongs to the trim marker.
    return token('space', text.startsWith('-}}', end) && end > at + 1 ? end - 1 : end);
  }
  switch (first) {
    case '=':
      return token('assign', at + 1);
    case ':':
      return text[at + 1] === '=' ? token('declare', at + 2) : problem('expected `:=`');
    case '|':
      return token('pipe', at + 1);
    case ',':
      return token('comma', at + 1);
    case '(':
    case ')':
      return token(first, at + 1);
    case '"':
      return literal('string', 'string');
    case '`':
      return literal('rawString', 'raw string');
    case "'":
      return literal('character', 'character');
  }
  if (/[\d+-]/.test(first) || (first === '.' && /\d/.test(text[at + 1] ?? ''))) {
    const end = matched(patterns.number);
    // A sign after a number makes it complex, such as `1+2i`.
    patterns.number.lastIndex = end;
    const second = /[+-]/.test(text[end] ?? '') && patterns.number.test(text) ? patterns.number.lastIndex : end;
    if (second > end && text[second - 1] === 'i') return token('number', second);
    const after = characterAt(text, end);
    if (second > end || isWord(after))
      return problem(`malformed number ${text.slice(at, end + after.length)}`, end + 1);
    return token('number', end);
  }
  const character = characterAt(text, at);
  if (first !== '.' && first !== '$' && !isWord(character)) {
    return problem(`unexpected character ${JSON.stringify(character)} in an action`, at + character.length);
  }
  const end = matched(first === '.' || first === '$' ? patterns.name : patterns.word);
  const name = text.slice(at, end);
  if (!endsName(text, end)) {
    const bad = characterAt(text, end);
    return problem(`unexpected character ${JSON.stringify(bad)} after ${name}`, end + bad.length);
  }
  if (first === '$') return token('variable', end);
  if (first === '.') return token(name === '.' ? 'dot' : 'field', end);
  if (keywords.has(name)) return token('keyword', end);
  if (name === 'nil') return token('nil', end);
  return token(name === 'true' || name === 'false' ? 'bool' : 'identifier', end);
}

const characterAt = (text: string, at: number): string => String.fromCodePoint(text.codePointAt(at) ?? 0x20);

function isWord(character: string): boolean {
  patterns.word.lastIndex = 0;
  return patterns.word.test(character);
}

function isBlank(unit: string | undefined): boolean {
  return unit !== undefined && unit !== '' && blanks.includes(unit);
}

function endsName(text: string, at: number): boolean {
  return at >= text.length || isBlank(text[at]) || '.,|:)('.includes(text[at] ?? '') || text.startsWith('}}', at);
}

function withoutEndBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && isBlank(text[end - 1])) end--;
  return text.slice(0, end);
}
