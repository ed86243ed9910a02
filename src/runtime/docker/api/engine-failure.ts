import type { Failure } from '../../../model/outcome.ts';
import { diskFull } from '../../disk-full.ts';
import { startFailed } from '../../start-error.ts';
import { StartRefused } from '../../start-refused.ts';
import { EngineError, EngineLost } from './engine-error.ts';

/** Returns the step's failure for an error during a start; `undefined` for a bug. */
export function startFailure(error: unknown): Failure | undefined {
  if (error instanceof StartRefused) return error.failure;
  if (error instanceof EngineLost) return { code: 'runtime-lost', detail: error.message };
  if (!(error instanceof EngineError)) return undefined;
  return engineDiskFull(error.said) ?? startFailed(error.said);
}

/** Returns the step's failure for an error about a container that should exist; `undefined` for a bug. */
export function lossFailure(error: unknown): Failure | undefined {
  return error instanceof EngineLost || error instanceof EngineError
    ? { code: 'runtime-lost', detail: error.message }
    : undefined;
}

/**
 * Returns the failure for an error of the engine about one path of a container that exists; `undefined` for a bug.
 * @param what the failed operation: `cannot read /a in the image`
 */
export function pathFailure(error: unknown, what: string): Failure | undefined {
  if (!(error instanceof EngineError)) return lossFailure(error);
  return engineDiskFull(error.said) ?? { code: 'unsupported', detail: `${what}: ${withoutHostPaths(error.said)}` };
}

/** Removes the folder in which the engine keeps the files of a container: the path of each has an id of 64 digits. */
function withoutHostPaths(said: string): string {
  return said.replace(/\/\S*\/[\da-f]{64}(?:\/(?:merged|rootfs))?(?![^\s/:"])/g, '');
}

export function engineDiskFull(said: string): Failure | undefined {
  return diskFull(said, 'the container engine');
}
