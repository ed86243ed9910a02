/** The command line is wrong: said on stderr, exit code 2. It ends a command and is caught in `run-cli.ts` only. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** @param hints what to do, one line each */
  constructor(
    message: string,
    readonly hints: readonly string[] = [],
  ) {
    super(message);
  }
}
