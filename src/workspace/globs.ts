/**
 * The globs of `artifacts`: picomatch, from the workspace's root. Dotfiles match; what matches is taken, and a folder that
 * matches is taken with everything below it. There is no negation: a leading `!` is a character.
 */
import picomatch from 'picomatch';

export interface Globs {
  /** Folders or files to read so that nothing which could match is missed, none inside of another; `''` is the root. */
  readonly bases: readonly string[];
  /** Those that lead out of the workspace and match nothing. */
  readonly refused: readonly string[];
  /** The patterns that take this path, by themselves or through a folder above it. */
  matching(path: string, isFolder: boolean): readonly string[];
}

interface Glob {
  readonly pattern: string;
  readonly base: string;
  takes(path: string, isFolder: boolean): boolean;
}

export function compileGlobs(patterns: readonly string[]): Globs {
  const refused = patterns.filter(leadsOut);
  const globs = patterns.filter((pattern) => !leadsOut(pattern)).map(compile);
  const byFolder = new Map<string, readonly string[]>();
  const takenAt = (path: string, isFolder: boolean) => globs.filter((glob) => glob.takes(path, isFolder)).map(({ pattern }) => pattern);
  /** What folders take is asked again for every file in them. */
  const throughFolder = (folder: string): readonly string[] => {
    const known = byFolder.get(folder);
    if (known !== undefined) return known;
    const all = union(takenAt(folder, true), folder === '' ? [] : throughFolder(parentOf(folder)));
    byFolder.set(folder, all);
    return all;
  };
  return {
    bases: outermost(globs.map(({ base }) => base)),
    refused,
    matching: (path, isFolder) => (isFolder ? throughFolder(path) : union(takenAt(path, false), path === '' ? [] : throughFolder(parentOf(path)))),
  };
}

function leadsOut(pattern: string): boolean {
  return pattern.startsWith('/') || pattern.split('/').includes('..');
}

const options = { dot: true, nonegate: true, windows: false } as const;

function compile(pattern: string): Glob {
  const plain = pattern.split('/').filter((part) => part !== '' && part !== '.').join('/');
  // The root itself: `.` or `./`.
  if (plain === '') return { pattern, base: '', takes: () => true };
  const scanned = picomatch.scan(plain, options);
  const base = scanned.isGlob ? scanned.base : plain;
  const isMatch = picomatch(plain, options);
  // `dist/**` is what is in the folder `dist`: a file or link of that name is none of it.
  const isFileMatch = plain === '**' || plain.endsWith('/**') ? picomatch(`${plain}/*`, options) : isMatch;
  return {
    pattern,
    base: base === '.' ? '' : base,
    takes: (path, isFolder) => path !== '' && (path === plain || (isFolder ? isMatch(path) : isFileMatch(path))),
  };
}

function parentOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end === -1 ? '' : path.slice(0, end);
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a.length === 0) return b;
  return b.length === 0 ? a : [...new Set([...a, ...b])];
}

function outermost(paths: readonly string[]): string[] {
  const kept: string[] = [];
  for (const path of [...new Set(paths)].sort()) {
    if (!kept.some((other) => other === '' || path.startsWith(`${other}/`))) kept.push(path);
  }
  return kept;
}
