/**
 * `.dockerignore` with Docker's rules (https://docs.docker.com/build/concepts/context/#dockerignore-files). Each line
 * is one pattern, relative to the context. The last pattern that matches a path or a folder above it decides.
 */
import { isBlank } from './characters.ts';
import { pathPattern, type PathPattern } from './path-pattern.ts';

/** The rules of one ignore file. Paths are relative to the context and separated by `/`. */
export interface IgnoreRules {
  /** The normalized patterns, in order. `!` at the start keeps what the others ignore. */
  readonly patterns: readonly string[];
  readonly ignores: (path: string) => boolean;
  /** Reports whether a path in this folder can be kept. `false` is certain, `true` is not. */
  readonly mayKeepBelow: (folder: string) => boolean;
}

export interface InvalidRule {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

interface Rule {
  readonly keeps: boolean;
  readonly text: string;
  readonly pattern: PathPattern;
}

export const noIgnoreRules: IgnoreRules = rulesOf([]);

/** Parses ignore rules. Returns the first invalid line, if there is one. */
export function parseDockerignore(text: string): IgnoreRules | InvalidRule {
  const rules: Rule[] = [];
  for (const [i, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    // A comment starts in the first column. After a blank, `#` is part of a name.
    const rule = line.startsWith('#') ? undefined : parseRule(line);
    if (typeof rule === 'string') return { line: i + 1, message: rule };
    if (rule !== undefined) rules.push(rule);
  }
  return rulesOf(rules);
}

/** Returns rules of patterns that are no lines of a file, such as those of `COPY --exclude`. Leaves out invalid ones. */
export function ignoreRules(patterns: readonly string[]): IgnoreRules {
  return rulesOf(patterns.map(parseRule).filter((rule) => typeof rule === 'object'));
}

function rulesOf(rules: readonly Rule[]): IgnoreRules {
  const ignores = (path: string) => rules.findLast(({ pattern }) => pattern.matchesPathOrAbove(path))?.keeps === false;
  const exceptions = rules.filter(({ keeps }) => keeps);
  return {
    patterns: rules.map(({ keeps, text }) => (keeps ? `!${text}` : text)),
    ignores,
    mayKeepBelow: (folder) => !ignores(folder) || exceptions.some(({ text }) => mayMatchBelow(text, folder)),
  };
}

/** Wildcards may match anything. */
function mayMatchBelow(pattern: string, folder: string): boolean {
  const start = /^[^*?[\\]*/.exec(pattern)![0];
  return start === pattern
    ? pattern.startsWith(`${folder}/`)
    : start.startsWith(`${folder}/`) || `${folder}/`.startsWith(start);
}

function parseRule(line: string): Rule | string | undefined {
  if (isBlank(line)) return undefined;
  const trimmed = line.trim();
  const keeps = trimmed.startsWith('!');
  const written = (keeps ? trimmed.slice(1) : trimmed).trim();
  if (written === '') return '`!` has no pattern after it';
  const text = cleaned(written);
  const pattern = pathPattern(text);
  return pattern === undefined ? `\`${text}\` is not a valid pattern` : { keeps, text, pattern };
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
