/**
 * `.dockerignore` by Docker's own rules (https://docs.docker.com/build/concepts/context/#dockerignore-files): one pattern a line, from
 * the root of the context, the last one that fits a path or a folder above it decides.
 */

/** Whether a path of the context, relative and separated by `/`, is left out. */
export type Ignores = (path: string) => boolean;

interface Pattern {
  readonly keeps: boolean;
  readonly fits: RegExp;
}

/** A text in place of the rules says which line is no pattern. */
export function parseDockerignore(text: string): Ignores | string {
  const patterns: Pattern[] = [];
  for (const [i, line] of text.replace(/^\ufeff/, '').split(/\r?\n/).entries()) {
    const pattern = parseLine(line);
    if (typeof pattern === 'string') return `line ${i + 1}: ${pattern}`;
    if (pattern !== undefined) patterns.push(pattern);
  }
  return (path) => {
    const folders = path.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'));
    return patterns.findLast(({ fits }) => folders.some((each) => fits.test(each)))?.keeps === false;
  };
}

function parseLine(line: string): Pattern | string | undefined {
  // Only at the very beginning: a blank before it makes it a name.
  if (line.startsWith('#')) return undefined;
  const trimmed = line.trim();
  if (trimmed === '') return undefined;
  const keeps = trimmed.startsWith('!');
  const path = cleaned((keeps ? trimmed.slice(1) : trimmed).trim());
  if (keeps && path === '.') return '`!` has nothing behind it';
  try {
    return { keeps, fits: new RegExp(`^${expressionOf(path)}$`, 'su') };
  } catch {
    return `\`${path}\` is no pattern`;
  }
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

/** `*`, `?` and `[a-z]` as in Go's `filepath.Match`, and `**` for any number of folders. */
function expressionOf(pattern: string): string {
  let expression = '';
  let rest = pattern;
  while (rest !== '') {
    const [token, meaning] = firstToken(rest);
    expression += meaning;
    rest = rest.slice(token.length);
  }
  return expression;
}

function firstToken(text: string): readonly [token: string, meaning: string] {
  const stars = /^\*\*+\/?/.exec(text)?.[0];
  if (stars !== undefined) return [stars, stars.length === text.length ? '.*' : '(?:.*/)?'];
  const [first = ''] = text;
  if (first === '*') return [first, '[^/]*'];
  if (first === '?') return [first, '[^/]'];
  const set = /^\[(\^?)((?:\\.|[^\]\\])+)\]/su.exec(text);
  if (set) return [set[0], `[${set[1] ?? ''}${(set[2] ?? '').replaceAll(/\\(.)/gsu, (_, each: string) => literal(each)).replaceAll('[', '\\[')}]`];
  if (first === '[') throw new SyntaxError('a set of characters has no end');
  if (first !== '\\') return [first, literal(first)];
  const [, escaped] = [...text];
  if (escaped === undefined) throw new SyntaxError('nothing is escaped');
  return [`\\${escaped}`, literal(escaped)];
}

function literal(character: string): string {
  return /[\\^$.*+?()[\]{}|/-]/.test(character) ? (character === '-' ? '\\u002d' : `\\${character}`) : character;
}
