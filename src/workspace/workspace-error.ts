import { FileError, isDiskFull, isSystemError, reasonOf, toFileError } from '../util/file-error.ts';
import { TarError } from '../util/tar-error.ts';

/** The tree cannot be read or stored, so the run cannot start or resume. */
export class WorkspaceError extends FileError {
  override readonly name = 'WorkspaceError';
}

/** Converts a system error to one that the user can fix. Returns other errors unchanged. */
export function toWorkspaceError(error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const where: unknown = error.path;
  const place = Buffer.isBuffer(where) ? where.toString() : typeof where === 'string' ? where : 'a file';
  const options = { cause: error };
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    const advice = 'make it readable, remove it, or add it to .gitignore';
    return new WorkspaceError('unreadable', `cannot read ${place}: ${error.message}`, advice, options);
  }
  const { code, help } = toFileError(error)!;
  const what = isDiskFull(error) ? 'no space for a copy of the workspace' : 'cannot read or store the workspace';
  return new WorkspaceError(code, `${what}: ${error.message}`, help, options);
}

/** Error codes that mean the path is wrong, so that another one helps. */
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

/** The same for writes to a folder that the user chose. `unwritable` means that the choice is wrong. */
export function toWriteError(error: unknown, folder: string): unknown {
  const options = { cause: error };
  const to = `cannot write to ${folder}`;
  if (error instanceof TarError && error.code === 'refused') {
    return new WorkspaceError('unwritable', `${to}: ${error.message}`, undefined, options);
  }
  if (!isSystemError(error)) return error;
  const path = error.path === undefined || error.path === folder ? '' : `${error.path}: `;
  const message = `${to}: ${path}${error.code === 'EEXIST' && path === '' ? 'is a file' : reasonOf(error)}`;
  const advice = 'free disk space there, or choose another folder';
  if (isDiskFull(error)) return new WorkspaceError('disk-full', message, advice, options);
  if (ofPath.has(error.code)) return new WorkspaceError('unwritable', message, undefined, options);
  return new WorkspaceError('file-system', message, toFileError(error)?.help, options);
}
