import type { Failure } from '../model/outcome.ts';

/** Thrown when the runtime itself, not its engine, found a reason to end the start. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
  constructor(readonly failure: Failure) {
    super(failure.code);
  }
}
