import type { Failure } from '../../../model/outcome.ts';

/** The start came to an end for a reason that this folder found out itself. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
  constructor(readonly failure: Failure) {
    super(failure.code);
  }
}
