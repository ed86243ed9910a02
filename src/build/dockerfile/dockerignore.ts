/**
 * `.dockerignore` with Docker's rules (https://docs.docker.com/build/concepts/context/#dockerignore-files). Each line
 * is one pattern, relative to the context. The last pattern that matches a path or a folder above it decides.
 */
import { anything, notSlash, setOf, slash, type CharacterSet } from '../../util/glob/character-set.ts';
import { PatternBuilder } from '../../util/glob/pattern-builder.ts';
import type { Pattern } from '../../util/glob/pattern.ts';

/** Reports whether a path is ignored. The path is relative to the context and separated by `/`. */
export type Ignores = (path: string) => boolean;

interface Rule {
  readonly keeps: boolean;
  readonly pattern: Pattern;
}

/** Parses ignore rules. Returns a message if a line is invalid. */
export function parseDockerignore(text: string): Ignores | string {
  const rules: Rule[] = [];
  for (const [i, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    const rule = parseLine(line);
    if (typeof rule === 'string') return `line ${i + 1}: ${rule}`;
    if (rule !== undefined) rules.push(rule);
  }
  return (path) => rules.findLast(({ pattern }) => pattern.matchesPathOrAbove(path))?.keeps === false;
}

function parseLine(line: string): Rule | string | undefined {
  // A comment starts in the first column. After a blank, `#` is part of a name.
  if (line.startsWith('#')) return undefined;
  const trimmed = line.trim();
  if (trimmed === '') return undefined;
  const keeps = trimmed.startsWith('!');
  const path = cleaned((keeps ? trimmed.slice(1) : trimmed).trim());
  if (keeps && path === '.') return '`!` has no pattern after it';
  const pattern = compile(path);
  return pattern === undefined ? `\`${path}\` is not a valid pattern` : { keeps, pattern };
}

/** Normalizes a path: removes empty parts, `.`, resolvable `..`, and slashes at its ends. */
function cleaned(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '..' || !path.startsWith('/')) parts.push(part);
  }
  return parts.length === 0 ? '.' : parts.join('/');
}

/**
 * Compiles `*`, `?` and `[a-z]` as in Go's `filepath.Match`, and `**` for any number of folders. Returns `undefined`
 * for an invalid pattern.
 */
function compile(text: string): Pattern | undefined {
  const builder = new PatternBuilder();
  for (let at = 0; at < text.length;) {
    const end = appendToken(builder, text, at);
    if (end === undefined) return undefined;
    at = end;
  }
  return builder.build();
}

/** Returns the index after the token. */
function appendToken(builder: PatternBuilder, text: string, at: number): number | undefined {
  if (text.startsWith('**', at)) {
    const end = text[at + 2] === '/' ? at + 3 : at + 2;
    if (end === text.length) builder.many(anything);
    else builder.open().many(anything).one(slash).or().close();
    return end;
  }
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
    const first = readCharacter(text, at);
    const isRange = first !== undefined && text[first.end] === '-' && text[first.end + 1] !== ']';
    const last = isRange ? readCharacter(text, first.end + 1) : first;
    if (first === undefined || last === undefined || last.code < first.code) return undefined;
    ranges.push([first.code, last.code]);
    at = last.end;
  }
  return undefined;
}

/** Reads one character. A backslash escapes it. */
function readCharacter(text: string, at: number): { readonly code: number; readonly end: number } | undefined {
  const start = text[at] === '\\' ? at + 1 : at;
  const code = text.codePointAt(start);
  return code === undefined ? undefined : { code, end: start + (code > 0xffff ? 2 : 1) };
}
