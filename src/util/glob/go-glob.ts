/** Globs of Go, which `COPY`, `.dockerignore` and patterns of names in a `skaffold.yaml` use. */
import { anything, notSlash, setOf, slash, type CharacterSet } from './character-set.ts';
import { PatternBuilder } from './pattern-builder.ts';
import type { Pattern } from './pattern.ts';

/**
 * Compiles `*`, `?` and `[a-z]` as in Go's `filepath.Match`. Returns `undefined` for an invalid pattern.
 * @param doubleStar `folders`: `**` stands for any number of folders; `star`: it is the same as `*`
 */
export function goGlob(text: string, doubleStar: 'folders' | 'star'): Pattern | undefined {
  const builder = new PatternBuilder();
  for (let at = 0; at < text.length;) {
    const end =
      doubleStar === 'folders' && text.startsWith('**', at)
        ? appendFolders(builder, text, at)
        : appendToken(builder, text, at);
    if (end === undefined) return undefined;
    at = end;
  }
  return builder.build();
}

/** Reports whether a path has wildcards. A backslash escapes them. */
export function hasWildcards(path: string): boolean {
  return /^(?:[^\\*?[]|\\[^]?)*[*?[]/.test(path);
}

function appendFolders(builder: PatternBuilder, text: string, at: number): number {
  const end = text[at + 2] === '/' ? at + 3 : at + 2;
  if (end === text.length) builder.many(anything);
  else builder.open().many(anything).one(slash).or().close();
  return end;
}

/** Returns the index after the token. */
function appendToken(builder: PatternBuilder, text: string, at: number): number | undefined {
  switch (text[at]) {
    case '*':
      builder.many(notSlash);
      return at + 1;
    case '?':
      builder.one(notSlash);
      return at + 1;
    case '[': {
      const read = readSet(text, at);
      if (read !== undefined) builder.one(read.set);
      return read?.end;
    }
    default: {
      const read = readCharacter(text, at);
      if (read !== undefined) builder.text(String.fromCodePoint(read.code));
      return read?.end;
    }
  }
}

/** Reads `[a-z]` or `[^a-z]`. Unlike in a shell glob, a set can match a slash. */
function readSet(text: string, start: number): { readonly set: CharacterSet; readonly end: number } | undefined {
  const negated = text[start + 1] === '^';
  const ranges: [number, number][] = [];
  for (let at = negated ? start + 2 : start + 1; at < text.length;) {
    if (text[at] === ']') return ranges.length === 0 ? undefined : { set: setOf(ranges, negated), end: at + 1 };
    const first = readMember(text, at);
    const isRange = first !== undefined && text[first.end] === '-' && text[first.end + 1] !== ']';
    const last = isRange ? readMember(text, first.end + 1) : first;
    if (first === undefined || last === undefined || last.code < first.code) return undefined;
    ranges.push([first.code, last.code]);
    at = last.end;
  }
  return undefined;
}

/** Inside a set, a dash alone is not a member. */
function readMember(text: string, at: number): { readonly code: number; readonly end: number } | undefined {
  return text[at] === '-' ? undefined : readCharacter(text, at);
}

/** Reads one character. A backslash escapes it. */
function readCharacter(text: string, at: number): { readonly code: number; readonly end: number } | undefined {
  const start = text[at] === '\\' ? at + 1 : at;
  const code = text.codePointAt(start);
  return code === undefined ? undefined : { code, end: start + (code > 0xffff ? 2 : 1) };
}
