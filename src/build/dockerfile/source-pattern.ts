import { posix } from 'node:path';
import type { Pattern } from '../../util/glob/pattern.ts';
import type { ContextSource } from './docker-build.ts';
import { goGlob, hasWildcards } from '../../util/glob/go-glob.ts';

/** The source of a `COPY`, compiled. */
export interface SourcePattern {
  /** The path up to the first part with a wildcard. Empty: the whole context. */
  readonly folder: string;
  /** The rest, with wildcards. */
  readonly glob: string | undefined;
  /**
   * Returns the length of the shortest start of the path that is a source: the path itself or a folder above it.
   * Returns `undefined` if none is. The whole context has length 0.
   */
  readonly matchLength: (path: string) => number | undefined;
}

export function sourcePattern({ path }: Pick<ContextSource, 'path'>): SourcePattern {
  const parts = path === '' ? [] : path.split('/');
  const first = parts.findIndex(hasWildcards);
  if (first < 0) return { folder: path, glob: undefined, matchLength: literalLength(path) };
  const folder = parts.slice(0, first).join('/');
  const glob = parts.slice(first).join('/');
  // An invalid pattern matches nothing, as in BuildKit.
  const pattern = goGlob(glob, 'star');
  return { folder, glob, matchLength: pattern === undefined ? () => undefined : globLength(folder, pattern) };
}

function literalLength(path: string): SourcePattern['matchLength'] {
  if (path === '') return () => 0;
  const below = `${path}/`;
  return (candidate) => (candidate === path || candidate.startsWith(below) ? path.length : undefined);
}

function globLength(folder: string, pattern: Pattern): SourcePattern['matchLength'] {
  const prefix = folder === '' ? '' : `${folder}/`;
  return (candidate) => {
    if (!candidate.startsWith(prefix)) return undefined;
    const length = pattern.shortestMatch(candidate.slice(prefix.length));
    return length === undefined ? undefined : prefix.length + length;
  };
}

/** Returns the path that a link leads to, relative to the context. Links never leave it. */
export function linkedPath(link: string, target: string, rest = ''): string {
  const folder = target.startsWith('/') ? '' : posix.dirname(link);
  const path = posix.join('/', folder, target, rest);
  return path.replace(/^\/+|\/+$/g, '');
}
