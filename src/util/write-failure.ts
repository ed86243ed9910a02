/** What an error of a standard stream means. `main.ts` loads this before anything else, so it imports nothing. */

/** Reports whether the error means that the reader of a pipe has closed it (`| head`): that is not a failure. */
export function readerLeft(error: Error): boolean {
  return 'code' in error && error.code === 'EPIPE';
}

/** @param stream as people call it: `standard output` */
export function cannotWrite(stream: string, error: Error): string {
  return `cannot write to ${stream}: ${error.message}`;
}
