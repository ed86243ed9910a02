import { posix } from 'node:path';
import { goGlob, hasWildcards } from '../../util/glob/go-glob.ts';
import type { SourceFiles } from '../../util/source-files.ts';

type Tree = Pick<SourceFiles, 'kind' | 'list'>;

/** Deeper folders are not searched: links may lead in circles. */
const deepest = 40;

/**
 * Returns the files that an absolute pattern names, sorted: a file, every file of a folder, or what `*`, `?`, `[a-z]` and `**`
 * match. `**` stands for any number of folders.
 */
export async function matchingFiles(pattern: string, files: Tree): Promise<readonly string[]> {
  const found = await expand(
    '/',
    pattern.split('/').filter((part) => part !== ''),
    files,
  );
  return [...new Set(found)].sort();
}

async function expand(at: string, [part, ...rest]: readonly string[], files: Tree, depth = 0): Promise<string[]> {
  if (part === undefined) return await filesBelow(at, files, depth);
  const into = async (name: string) => await expand(posix.join(at, name), rest, files, depth + 1);
  if (part === '**') {
    const folders = await foldersIn(at, files, depth);
    const deeper = folders.map(async (folder) => await expand(folder, [part, ...rest], files, depth + 1));
    return (await Promise.all([expand(at, rest, files, depth), ...deeper])).flat();
  }
  if (!hasWildcards(part)) return await into(part);
  const glob = goGlob(part, 'star');
  if (!glob || (await files.kind(at)) !== 'folder') return [];
  const names = (await files.list(at)).filter((name) => glob.matches(name));
  return (await Promise.all(names.map(into))).flat();
}

async function filesBelow(path: string, files: Tree, depth: number): Promise<string[]> {
  const kind = await files.kind(path);
  if (kind !== 'folder') return kind === 'file' ? [path] : [];
  if (depth > deepest) return [];
  const names = await files.list(path);
  return (await Promise.all(names.map((name) => filesBelow(posix.join(path, name), files, depth + 1)))).flat();
}

async function foldersIn(path: string, files: Tree, depth: number): Promise<string[]> {
  if (depth > deepest || (await files.kind(path)) !== 'folder') return [];
  const paths = (await files.list(path)).map((name) => posix.join(path, name));
  const kinds = await Promise.all(paths.map(async (each) => await files.kind(each)));
  return paths.filter((_, i) => kinds[i] === 'folder');
}
