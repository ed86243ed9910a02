import type { Failure } from '../../model/outcome.ts';
import { diskFull } from '../disk-full.ts';
import { readableStartError } from '../start-error.ts';
import { EngineError, EngineLost } from './engine-error.ts';

/** The start was refused for a reason that this folder found out itself. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
  constructor(readonly failure: Failure) {
    super(failure.code);
  }
}

/** What an error on the way to a running container means for the step; `undefined` is a bug of ours. */
export function startFailure(error: unknown): Failure | undefined {
  if (error instanceof StartRefused) return error.failure;
  if (error instanceof EngineLost) return { code: 'runtime-lost', detail: error.message };
  if (!(error instanceof EngineError)) return undefined;
  return engineDiskFull(error.said) ?? { code: 'start-failed', detail: readableStartError(error.said) };
}

export function engineDiskFull(said: string): Failure | undefined {
  return diskFull(said, 'the container engine');
}
