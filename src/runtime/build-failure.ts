import type { Failure } from '../model/outcome.ts';
import { diskFull } from './disk-full.ts';

/** A failed build, with the engine's message. */
export class BuildFailed extends Error {
  override readonly name = 'BuildFailed';
  constructor(
    readonly said: string,
    /** What the build was doing, if known: `[2/4] RUN make`, `FROM alpine`. */
    readonly at: string | undefined,
  ) {
    super(said);
  }
}

/**
 * Returns the failure of the step.
 * @param where the machine whose disk may be full
 */
export function buildFailure({ said, at }: BuildFailed, where = 'the container engine'): Failure {
  const full = diskFull(said, where);
  if (full) return full;
  const instruction = at?.replace(/^\[[^\]]*\d+\/\d+\]\s*/, '');
  const image =
    /^\[internal\] load metadata for (\S+)/.exec(at ?? '')?.[1] ??
    /^FROM\s+(?:--\S+\s+)*(\S+)/i.exec(instruction ?? '')?.[1];
  if (image !== undefined)
    return { code: 'image-unavailable', image: image.replace(/@sha256:.*$/, ''), detail: readable(said) };
  const exitCode = /(?:exit code: |returned a non-zero code: |exit status )(\d+)/.exec(said)?.[1];
  if (exitCode !== undefined)
    return {
      code: 'build-failed',
      detail: `exit code ${exitCode}${instruction === undefined ? '' : `: ${instruction}`}`,
    };
  return { code: 'build-failed', detail: readable(said) };
}

/** Removes the prefixes of the programs that passed the error on. */
function readable(said: string): string {
  return said
    .trim()
    .replace(
      /^(?:failed to solve(?: with frontend [\w.]+)?: |failed to (?:create|build) LLB(?: definition)?: |rpc error: code = \w+ desc = |creating build container: |error building at STEP |building at STEP )+/,
      '',
    )
    .replace(/^dockerfile parse error /i, 'Dockerfile, ');
}
