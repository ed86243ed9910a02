/** A mistake on the command line: printed to stderr, exit code 2. Only `run-cli.ts` catches it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /**
   * @param hints what to do, one line each
   */
  constructor(
    message: string,
    readonly hints: readonly string[] = [],
  ) {
    super(message);
  }
}
