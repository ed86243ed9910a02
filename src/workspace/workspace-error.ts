/** The tree cannot be read or kept: the run cannot start, or not go on. */
export class WorkspaceError extends Error {
  override readonly name = 'WorkspaceError';
  constructor(
    readonly code: 'not-found' | 'unreadable' | 'disk-full' | 'corrupt',
    message: string,
    /** What the user can do. */
    readonly help?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What the system said while the tree was read or kept, as something that a person can mend; anything else stays what it is. */
export function toWorkspaceError(error: unknown): unknown {
  const { code, path, message } = error as NodeJS.ErrnoException;
  const where: unknown = path;
  const place = Buffer.isBuffer(where) ? where.toString() : typeof where === 'string' ? where : 'a file';
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return new WorkspaceError('unreadable', `${place} cannot be read: ${message}`, 'give yourself the right to read it, remove it, or let Git ignore it', { cause: error });
    case 'ENOSPC':
    case 'EDQUOT':
      return new WorkspaceError('disk-full', `no space for a copy of the workspace: ${message}`, 'make room, or remove old runs with `slipway prune`', { cause: error });
    default:
      return error;
  }
}

export function isDiskFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}
