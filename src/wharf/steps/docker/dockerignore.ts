/**
 * `.dockerignore` by Docker's own rules (https://docs.docker.com/build/concepts/context/#dockerignore-files): one
 * pattern a line, from the root of the context, the last one that fits a path or a folder above it decides.
 */
import { anything, notSlash, setOf, slash, type CharacterSet } from '../../../util/glob/character-set.ts';
import { PatternBuilder } from '../../../util/glob/pattern-builder.ts';
import type { Pattern } from '../../../util/glob/pattern.ts';

/** Whether a path of the context, relative and separated by `/`, is left out. */
export type Ignores = (path: string) => boolean;

interface Rule {
  readonly keeps: boolean;
  readonly pattern: Pattern;
}

/** A text in place of the rules says which line is no pattern. */
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
  // Only at the very beginning: a blank before it makes it a name.
  if (line.startsWith('#')) return undefined;
  const trimmed = line.trim();
  if (trimmed === '') return undefined;
  const keeps = trimmed.startsWith('!');
  const path = cleaned((keeps ? trimmed.slice(1) : trimmed).trim());
  if (keeps && path === '.') return '`!` has nothing behind it';
  const pattern = compile(path);
  return pattern === undefined ? `\`${path}\` is no pattern` : { keeps, pattern };
}

/** Without empty parts, `.`, and `..` that can be resolved; without slashes at its ends. */
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
 * `*`, `?` and `[a-z]` as in Go's `filepath.Match`, and `**` for any number of folders, wherever it stands.
 * `undefined`: it is no pattern.
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

/** @returns the index behind the token */
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

/** `[a-z]`, `[^a-z]`: unlike a glob of a shell's it may stand for a slash. */
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

/** `\\` makes any character one that stands for itself. */
function readCharacter(text: string, at: number): { readonly code: number; readonly end: number } | undefined {
  const start = text[at] === '\\' ? at + 1 : at;
  const code = text.codePointAt(start);
  return code === undefined ? undefined : { code, end: start + (code > 0xffff ? 2 : 1) };
}
