import { takes, text, type FunctionTable } from '../template-function.ts';

/** Shortens a path as Go does: no `.`, no doubled slashes, and `..` only at the start. The empty path is `.`. */
function cleanPath(path: string): string {
  const isRooted = path.startsWith('/');
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (!isRooted) kept.push('..');
  }
  const shown = (isRooted ? '/' : '') + kept.join('/');
  return shown === '' ? '.' : shown;
}

function base(path: string): string {
  if (path === '') return '.';
  const parts = path.split('/').filter((part) => part !== '');
  return parts.at(-1) ?? '/';
}

const dir = (path: string): string => cleanPath(path.slice(0, path.lastIndexOf('/') + 1));

function ext(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot);
}

const [baseOf, dirOf, extOf, clean, isAbs] = [
  takes([text], base),
  takes([text], dir),
  takes([text], ext),
  takes([text], cleanPath),
  takes([text], (path) => path.startsWith('/')),
];

/** Functions of paths. Those of the operating system are the same: Slipway runs where paths have slashes. */
export const pathFunctions: FunctionTable = {
  base: baseOf,
  dir: dirOf,
  ext: extOf,
  clean,
  isAbs,
  osBase: baseOf,
  osDir: dirOf,
  osExt: extOf,
  osClean: clean,
  osIsAbs: isAbs,
};
