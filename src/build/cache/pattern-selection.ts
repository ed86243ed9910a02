import { posix } from 'node:path';
import type { FileSelection } from '../../workspace/index/tree-index.ts';
import { ignoreRules } from '../dockerfile/dockerignore.ts';
import type { InputPatterns } from '../input-patterns.ts';

/** Returns which files patterns select. They have the form of `.dockerignore`: `**` stands for any number of folders. */
export function patternSelection({ include, exclude, files }: InputPatterns): FileSelection {
  const plain = (path: string) => posix.join('/', path).slice(1).replace(/\/$/, '');
  const always = new Set(files.map(plain));
  const everything = include.some((path) => plain(path) === '');
  const included = ignoreRules(include);
  const excluded = ignoreRules(exclude);
  return {
    matches: (path) => always.has(path) || ((everything || included.ignores(path)) && !excluded.ignores(path)),
    mayMatchBelow: (folder) =>
      ((everything || include.length > 0) && excluded.mayKeepBelow(folder)) ||
      files.some((file) => plain(file).startsWith(`${folder}/`)),
  };
}
