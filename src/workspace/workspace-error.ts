import { FileError, isDiskFull, isSystemError, reasonOf, toFileError } from '../util/file-error.ts';
import { TarError } from '../util/tar-error.ts';

/** The tree cannot be read or kept: the run cannot start, or not go on. */
export class WorkspaceError extends FileError {
  override readonly name = 'WorkspaceError';
}

/**
 * What the system said while the tree was read or kept, as something that a person can mend; anything else stays what
 * it is.
 */
export function toWorkspaceError(error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const where: unknown = error.path;
  const place = Buffer.isBuffer(where) ? where.toString() : typeof where === 'string' ? where : 'a file';
  const options = { cause: error };
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    const advice = 'give yourself the right to read it, remove it, or let Git ignore it';
    return new WorkspaceError('unreadable', `${place} cannot be read: ${error.message}`, advice, options);
  }
  const { code, help } = toFileError(error)!;
  const what = isDiskFull(error) ? 'no space for a copy of the workspace' : 'the workspace cannot be read or kept';
  return new WorkspaceError(code, `${what}: ${error.message}`, help, options);
}

/** What is wrong with the path, so that another one helps. */
const ofPath: ReadonlySet<string> = new Set([
  'EACCES',
  'EEXIST',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'ENOENT',
  'ENOTDIR',
  'ENOTEMPTY',
  'EPERM',
  'EROFS',
]);

/** The same for what is written into a folder of the user's choice; `unwritable` where that choice is the mistake. */
export function toWriteError(error: unknown, folder: string): unknown {
  const options = { cause: error };
  const to = `cannot write to ${folder}`;
  if (error instanceof TarError && error.code === 'refused') {
    return new WorkspaceError('unwritable', `${to}: ${error.message}`, undefined, options);
  }
  if (!isSystemError(error)) return error;
  const path = error.path === undefined || error.path === folder ? '' : `${error.path}: `;
  const message = `${to}: ${path}${error.code === 'EEXIST' && path === '' ? 'it is a file' : reasonOf(error)}`;
  const advice = 'make room there, or name another folder';
  if (isDiskFull(error)) return new WorkspaceError('disk-full', message, advice, options);
  if (ofPath.has(error.code)) return new WorkspaceError('unwritable', message, undefined, options);
  return new WorkspaceError('file-system', message, toFileError(error)?.help, options);
}
