import type { Failure } from '../model/outcome.ts';

/** The start came to an end for a reason that the runtime found out itself, not its engine. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
  constructor(readonly failure: Failure) {
    super(failure.code);
  }
}
