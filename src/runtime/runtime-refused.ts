import type { Failure } from '../model/outcome.ts';

/**
 * What the world does not let a runtime do where its answer has no room to say so (`find`, `remove`, `copyOut`): the
 * platform is away, or forbids it. No bug of ours: whoever needed it fails with `failure`.
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

/** @param meaning of an error for a step; `undefined`: it is no word of the platform's */
export function refusedBy(error: unknown, meaning: (error: unknown) => Failure | undefined): unknown {
  const failure = meaning(error);
  return failure === undefined ? error : new RuntimeRefused(failure, error as Error);
}
