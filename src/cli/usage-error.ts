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

/** Several mistakes, reported together. */
export class UsageErrors extends Error {
  override readonly name = 'UsageErrors';
  /** @param hint what to do about all of them */
  constructor(
    readonly mistakes: readonly UsageError[],
    readonly hint?: string,
  ) {
    super(mistakes.map(({ message }) => message).join('; '));
  }
}

/** Throws the mistakes together, if there are any. A single one is thrown as it is. */
export function throwMistakes(mistakes: readonly UsageError[]): void {
  const [first, ...others] = mistakes;
  if (first !== undefined) throw others.length === 0 ? first : new UsageErrors(mistakes);
}

/** Waits for all checks. Throws all their mistakes together, or the first other error. */
export async function allChecked<Checks extends readonly Promise<unknown>[] | []>(
  checks: Checks,
): Promise<{ -readonly [At in keyof Checks]: Awaited<Checks[At]> }> {
  const ended = await Promise.allSettled(checks);
  const mistakes: UsageError[] = [];
  for (const one of ended) {
    if (one.status === 'fulfilled') continue;
    const reason: unknown = one.reason;
    if (reason instanceof UsageErrors) mistakes.push(...reason.mistakes);
    else if (reason instanceof UsageError) mistakes.push(reason);
    else throw reason;
  }
  throwMistakes(mistakes);
  return await Promise.all(checks);
}
