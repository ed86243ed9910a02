/** Explains errors of standard streams. `main.ts` loads this first, so it imports nothing. */

/**
 * Reports whether the reader of a pipe has closed it (`
 * head`). That is not a failure.
 */
export function isBrokenPipe(error: Error): boolean {
  return 'code' in error && error.code === 'EPIPE';
}

/** @param stream for display: `standard output` */
export function cannotWrite(stream: string, error: Error): string {
  return `cannot write to ${stream}: ${error.message}`;
}
