/** Splits a glob into tokens and matches its braces. */
import { readSet, type CharacterSet } from './character-set.ts';

export interface GlobSyntax {
  /** `{a,b}` matches one of both. Otherwise braces are characters. */
  readonly braces: boolean;
  /** The meaning of a `[` without `]`, or of a `\` at the end: a character, or a pattern that matches nothing. */
  readonly unfinished: 'character' | 'nothing';
  /** `a//b`, `./a` and `a/` mean `a/b`, `a` and `a`. Otherwise they match no path. */
  readonly normalized: boolean;
}

export type GlobToken =
  | { readonly kind: 'character'; readonly text: string; readonly escaped?: true }
  /** `*`, `?` or `[…]`: characters of one path part. */
  | { readonly kind: 'any' | 'star' }
  | { readonly kind: 'set'; readonly set: CharacterSet }
  /** Two stars or more. */
  | { readonly kind: 'stars' }
  | { readonly kind: 'slash' | 'nothing' }
  /** A part of a group. `close` is the index of the group's last token. */
  | { readonly kind: 'open' | 'or'; readonly close: number }
  | { readonly kind: 'close' };

type RawToken =
  Exclude<GlobToken, { kind: 'open' | 'or' | 'close' }> | { readonly kind: 'brace'; readonly text: '{' | ',' | '}' };

export function globTokens(text: string, syntax: GlobSyntax): readonly GlobToken[] {
  const tokens: RawToken[] = [];
  let sets = true;
  for (let at = 0; at < text.length;) {
    const [token, end] = readToken(text, at, syntax, sets);
    // After a set without an end no later set has one. Do not scan to the end of the text again.
    if (text[at] === '[' && token.kind !== 'set') sets = false;
    tokens.push(token);
    at = end;
  }
  return withGroups(tokens);
}

function readToken(text: string, at: number, syntax: GlobSyntax, sets: boolean): readonly [RawToken, end: number] {
  const character = String.fromCodePoint(text.codePointAt(at)!);
  switch (character) {
    case '/':
      return [{ kind: 'slash' }, at + 1];
    case '?':
      return [{ kind: 'any' }, at + 1];
    case '*': {
      let end = at + 1;
      while (text[end] === '*') end++;
      return [{ kind: end === at + 1 ? 'star' : 'stars' }, end];
    }
    case '[': {
      const read = sets ? readSet(text, at) : undefined;
      return read === undefined ? [unfinished(character, syntax), at + 1] : [{ kind: 'set', set: read.set }, read.end];
    }
    case '\\': {
      const code = text.codePointAt(at + 1);
      if (code === undefined) return [unfinished(character, syntax), at + 1];
      // A slash is a slash, escaped or not.
      const escaped = String.fromCodePoint(code);
      return [
        escaped === '/' ? { kind: 'slash' } : { kind: 'character', text: escaped, escaped: true },
        at + 1 + escaped.length,
      ];
    }
    case '{':
    case ',':
    case '}':
      return [syntax.braces ? { kind: 'brace', text: character } : { kind: 'character', text: character }, at + 1];
    default:
      return [{ kind: 'character', text: character }, at + character.length];
  }
}

function unfinished(text: string, syntax: GlobSyntax): RawToken {
  return syntax.unfinished === 'character' ? { kind: 'character', text } : { kind: 'nothing' };
}

/** Matching braces with a comma between them become groups. All others are characters. */
function withGroups(raw: readonly RawToken[]): GlobToken[] {
  const tokens = raw.map((token): GlobToken =>
    token.kind === 'brace' ? { kind: 'character', text: token.text } : token,
  );
  const open: { readonly at: number; readonly commas: number[] }[] = [];
  for (const [at, token] of raw.entries()) {
    if (token.kind !== 'brace') continue;
    if (token.text === '{') open.push({ at, commas: [] });
    else if (token.text === ',') open.at(-1)?.commas.push(at);
    else {
      const group = open.pop();
      if (group === undefined || group.commas.length === 0) continue;
      tokens[group.at] = { kind: 'open', close: at };
      for (const comma of group.commas) tokens[comma] = { kind: 'or', close: at };
      tokens[at] = { kind: 'close' };
    }
  }
  return tokens;
}
