import { TarError } from './tar-error.ts';

/**
 * What the system says of files, as something that people can mend. Such an error is no bug of ours: it ends what
 * needed the file, with its reason, and never as `internal`.
 */
export class FileError extends Error {
  override readonly name: string = 'FileError';
  constructor(
    /** `file-system`: none of the others, such as a file system that is read-only, or too many open files. */
    readonly code: 'not-found' | 'unreadable' | 'unwritable' | 'disk-full' | 'corrupt' | 'file-system',
    message: string,
    /** What the user can do. */
    readonly help?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What a machine, its disks and its permissions can do to a program that makes no mistake (errno(3)). */
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

const helps: Readonly<Record<string, string>> = {
  ENOSPC: 'make room, or remove old runs with `slipway prune`',
  EDQUOT: 'make room, or remove old runs with `slipway prune`',
  EMFILE: 'allow more open files: `ulimit -n`',
  ENFILE: 'the system has too many open files',
};

/** The system's own error about a file or a folder; not that of a socket or of a child process. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as NodeJS.ErrnoException;
  return (
    code !== undefined &&
    codes.has(code) &&
    syscall !== undefined &&
    syscall !== 'connect' &&
    !syscall.startsWith('spawn')
  );
}

/** A tar that is cut off or damaged is one, too: those that we write are whole. `undefined`: it is none of the kind. */
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

/** `permission denied` of `EACCES: permission denied, open '/x'`. */
export function reasonOf(error: Error): string {
  return /^E[A-Z0-9]+: ([^,]+)(?:, |$)/.exec(error.message)?.[1] ?? error.message;
}
