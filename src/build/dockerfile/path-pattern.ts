import { goGlob } from './go-glob.ts';

/** A pattern of `.dockerignore`, compiled. */
export interface PathPattern {
  /** Reports whether the pattern matches the path or a folder above it. */
  matchesPathOrAbove(path: string): boolean;
}

/**
 * Compiles a normalized pattern. Returns `undefined` if it is invalid. Common forms, such as `dist`, `**\/*.log` and
 * `src/**`, are compared as texts: an index asks for each path of a large tree.
 */
export function pathPattern(text: string): PathPattern | undefined {
  if (!/[*?[\\]/.test(text)) return literal(text);
  if (text === '**') return { matchesPathOrAbove: () => true };
  const [, start = ''] = /^([^*?[\\]+)\/\*\*$/.exec(text) ?? [];
  if (start !== '') return { matchesPathOrAbove: (path) => path.startsWith(`${start}/`) };
  const [, end = ''] = /^\*\*\/([^*?[\\]+)$/.exec(text) ?? [];
  if (end !== '') return anywhere(end);
  // Without a slash, `**` is a part of a name: `**.log` is the same as `**/*.log`.
  const [, suffix = ''] = /^\*\*([^/*?[\]\\][^*?[\]\\]*)$/.exec(text) ?? [];
  if (suffix !== '') return endingWith(suffix);
  const [, name = ''] = /^\*\*\/([^/?[\\]+)$/.exec(text) ?? [];
  if (name !== '' && !name.includes('**')) return namedAnywhere(name.split('*'));
  return goGlob(text, 'folders');
}

function literal(text: string): PathPattern {
  const below = `${text}/`;
  return { matchesPathOrAbove: (path) => path === text || path.startsWith(below) };
}

/** `**\/a/b` */
function anywhere(text: string): PathPattern {
  const own = literal(text);
  const between = `/${text}/`;
  const last = `/${text}`;
  return {
    matchesPathOrAbove: (path) => own.matchesPathOrAbove(path) || path.endsWith(last) || path.includes(between),
  };
}

function endingWith(text: string): PathPattern {
  const above = `${text}/`;
  return { matchesPathOrAbove: (path) => path.endsWith(text) || path.includes(above) };
}

/** `**\/a*b`: a name of any part of the path. @param parts the texts between the stars */
function namedAnywhere(parts: readonly string[]): PathPattern {
  const needed = parts.reduce((longest, part) => (part.length > longest.length ? part : longest), '');
  return {
    matchesPathOrAbove: (path) => {
      if (!path.includes(needed)) return false;
      for (let start = 0; start <= path.length;) {
        const slash = path.indexOf('/', start);
        const end = slash < 0 ? path.length : slash;
        if (matchesStars(parts, path.slice(start, end))) return true;
        start = end + 1;
      }
      return false;
    },
  };
}

/** Each part is taken at its first place, except for the last one. */
function matchesStars(parts: readonly string[], name: string): boolean {
  const first = parts[0]!;
  const last = parts.at(-1)!;
  const end = name.length - last.length;
  if (!name.startsWith(first) || end < first.length || !name.endsWith(last)) return false;
  let at = first.length;
  for (let i = 1; i < parts.length - 1; i++) {
    const found = name.indexOf(parts[i]!, at);
    if (found < 0) return false;
    at = found + parts[i]!.length;
  }
  return at <= end;
}
