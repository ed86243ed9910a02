import type { Observation } from '../model/work.ts';

/** What a builder is at that does one instruction after the other. */
export interface BuildStep {
  readonly current: number;
  readonly total: number;
  readonly instruction: string;
}

/**
 * `STEP 2/4: RUN make`, `[1/2] STEP 2/4: RUN make`, as Buildah and Podman say it, and Docker's builder before BuildKit:
 * `Step 2/4 : RUN make`.
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
