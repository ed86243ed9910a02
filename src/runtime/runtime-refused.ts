import type { Failure } from '../model/outcome.ts';

/**
 * Thrown by methods whose result cannot hold a failure (`find`, `remove`, `copyOut`): the platform is unreachable, or
 * forbids the request. Not a bug: the caller's step fails with `failure`.
 */
export class RuntimeRefused extends Error {
  override readonly name = 'RuntimeRefused';
  constructor(
    readonly failure: Failure,
    cause: Error,
  ) {
    super(cause.message, { cause });
  }
}

/** @param meaning returns the failure of an error; `undefined` if the error is not the platform's */
export function refusedBy(error: unknown, meaning: (error: unknown) => Failure | undefined): unknown {
  const failure = meaning(error);
  return failure === undefined ? error : new RuntimeRefused(failure, error as Error);
}
