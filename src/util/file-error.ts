import { TarError } from './tar-error.ts';

/**
 * An error of the file system that users can fix. Not a bug: it ends the work that needed the file, never as
 * `internal`.
 */
export class FileError extends Error {
  override readonly name: string = 'FileError';
  constructor(
    /** `file-system`: all other errors, such as a read-only file system or too many open files. */
    readonly code: 'not-found' | 'unreadable' | 'unwritable' | 'disk-full' | 'corrupt' | 'file-system',
    message: string,
    /** What the user can do. */
    readonly help?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Error codes that a correct program can meet, from the machine, its disks and permissions (errno(3)). */
const codes: ReadonlySet<string> = new Set([
  'EACCES',
  'EBUSY',
  'EDQUOT',
  'EEXIST',
  'EFBIG',
  'EIO',
  'EISDIR',
  'ELOOP',
  'EMFILE',
  'ENAMETOOLONG',
  'ENFILE',
  'ENODEV',
  'ENOENT',
  'ENOSPC',
  'ENOTDIR',
  'ENOTEMPTY',
  'ENXIO',
  'EOPNOTSUPP',
  'EPERM',
  'EROFS',
  'ESTALE',
  'ETXTBSY',
  'EXDEV',
]);

/** `EINVAL` of these calls comes from the file system, such as /proc. Of other calls it is a bug. */
const readingCalls: ReadonlySet<string> = new Set(['scandir', 'readlink', 'open']);

const helps: Readonly<Record<string, string>> = {
  ENOSPC: 'make room, or remove old runs with `slipway prune`',
  EDQUOT: 'make room, or remove old runs with `slipway prune`',
  EMFILE: 'allow more open files: `ulimit -n`',
  ENFILE: 'the system has too many open files',
};

/** Reports whether it is a system error about a file or folder, not about a socket or child process. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as NodeJS.ErrnoException;
  return (
    code !== undefined &&
    syscall !== undefined &&
    (codes.has(code) || (code === 'EINVAL' && readingCalls.has(syscall))) &&
    syscall !== 'connect' &&
    !syscall.startsWith('spawn')
  );
}

/**
 * Converts system errors, and errors of a damaged tar: the tars that Slipway writes are complete. Returns `undefined`
 * for other errors.
 */
export function toFileError(error: unknown): FileError | undefined {
  if (error instanceof FileError) return error;
  if (error instanceof TarError) return new FileError('corrupt', error.message, undefined, { cause: error });
  if (!isSystemError(error)) return undefined;
  const code = isDiskFull(error) ? 'disk-full' : 'file-system';
  return new FileError(code, error.message, helps[error.code], { cause: error });
}

export function isDiskFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** Returns the reason of a message: `permission denied` of `EACCES: permission denied, open '/x'`. */
export function reasonOf(error: Error): string {
  return /^E[A-Z0-9]+: ([^,]+)(?:, |$)/.exec(error.message)?.[1] ?? error.message;
}
