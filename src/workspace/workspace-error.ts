import { FileError, isDiskFull, isSystemError, reasonOf, toFileError } from '../util/file-error.ts';
import { TarError } from '../util/tar/tar-error.ts';

/** The tree cannot be read or kept: the run cannot start, or not go on. */
export class WorkspaceError extends FileError {
  override readonly name = 'WorkspaceError';
}

/** What the system said while the tree was read or kept, as something that a person can mend; anything else stays what it is. */
export function toWorkspaceError(error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const where: unknown = error.path;
  const place = Buffer.isBuffer(where) ? where.toString() : typeof where === 'string' ? where : 'a file';
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    return new WorkspaceError('unreadable', `${place} cannot be read: ${error.message}`, 'give yourself the right to read it, remove it, or let Git ignore it', { cause: error });
  }
  const { code, help } = toFileError(error)!;
  const message = isDiskFull(error) ? `no space for a copy of the workspace: ${error.message}` : `the workspace cannot be read or kept: ${error.message}`;
  return new WorkspaceError(code, message, help, { cause: error });
}

/** What is wrong with the path, so that another one helps. */
const ofPath: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'EEXIST', 'ENOTDIR', 'EISDIR', 'ENOENT', 'ENAMETOOLONG', 'ELOOP', 'ENOTEMPTY']);

/** The same for what is written into a folder of the user's choice; `unwritable` where that choice is the mistake. */
export function toWriteError(error: unknown, folder: string): unknown {
  const options = { cause: error };
  if (error instanceof TarError && error.code === 'refused') return new WorkspaceError('unwritable', `cannot write to ${folder}: ${error.message}`, undefined, options);
  if (!isSystemError(error)) return error;
  const path = error.path === undefined || error.path === folder ? '' : `${error.path}: `;
  const reason = error.code === 'EEXIST' && error.path === folder ? 'it is a file' : reasonOf(error);
  const message = `cannot write to ${folder}: ${path}${reason}`;
  if (isDiskFull(error)) return new WorkspaceError('disk-full', message, 'make room there, or name another folder', options);
  return ofPath.has(error.code) ? new WorkspaceError('unwritable', message, undefined, options) : new WorkspaceError('file-system', message, toFileError(error)?.help, options);
}
