import type { Observation } from '../model/work.ts';

/** A step of a builder that runs one instruction after the other. */
export interface BuildStep {
  readonly current: number;
  readonly total: number;
  readonly instruction: string;
}

/**
 * Parses `STEP 2/4: RUN make` and `[1/2] STEP 2/4: RUN make` (Buildah and Podman), and `Step 2/4 : RUN make` (Docker's
 * builder before BuildKit).
 */
export function readBuildStep(line: string): BuildStep | undefined {
  const [, current, total, instruction] = /^(?:\[\d+\/\d+\] )?step (\d+)\/(\d+) ?: (.*)/i.exec(line) ?? [];
  return instruction === undefined
    ? undefined
    : { current: Number(current), total: Number(total), instruction: instruction.trim() };
}

export function stepProgress({ current, total, instruction }: BuildStep): Observation {
  return { type: 'progress', subject: `[${current}/${total}] ${instruction}`, current, total };
}
