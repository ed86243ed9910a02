/** What decorators of steps are tested with: a step, and work that writes down what reaches it. */
import { stepId } from '../../src/model/ids.ts';
import type { Failure } from '../../src/model/outcome.ts';
import type { PlannedStep, StepPolicy } from '../../src/model/plan.ts';
import type { ContainerStepSpec } from '../../src/wharf/specs/specs.ts';
import type { FollowedOutput, Output } from '../../src/model/work.ts';
import type { StepResult, StepWork } from '../../src/steps/step-runner.ts';
import { ManualClock } from './manual-clock.ts';
import { nextTurn } from '../../src/util/next-turn.ts';

export const containerSpec: ContainerStepSpec = {
  kind: 'container',
  image: 'busybox:1',
  commands: ['true'],
  shell: '/bin/sh',
  os: 'linux',
  env: {},
};

type PlainStep = PlannedStep & { readonly spec: ContainerStepSpec };

export function plainStep(policy: Partial<StepPolicy> = {}, id = stepId(1, 1, 1)): PlainStep {
  return {
    id,
    name: `step-${id}`,
    needs: [],
    policy: { retries: 0, allowFailure: false, ...policy },
    artifacts: [],
    cache: [],
    spec: containerSpec,
  };
}

/** Work whose output, observations and attempts become lines. */
export class WorkRig {
  readonly clock = new ManualClock(1_000);
  readonly stop = new AbortController();
  readonly atOnce = new AbortController();
  /** `1 stdout "text" @cursor`, `1 lost stdout: detail`, `1 noted`, `attempt 2 after exit-nonzero`. */
  readonly lines: string[] = [];

  readonly work: StepWork;

  constructor(more: Partial<StepWork> = {}) {
    this.work = { ...this.#workOf(more.attempt ?? 1), ...more };
  }

  #workOf(attempt: number): StepWork {
    return {
      signal: this.stop.signal,
      atOnce: this.atOnce.signal,
      clock: this.clock,
      attempt,
      attemptStartedAt: this.clock.now(),
      output: this.#output(attempt),
      followed: this.#followed,
      nextAttempt: async ({ code }: Failure) => {
        this.lines.push(`attempt ${attempt + 1} after ${code}`);
        return this.#workOf(attempt + 1);
      },
    };
  }

  /** `web/app stdout "text"`, `web/app lost stdout: detail`. */
  readonly #followed: FollowedOutput = {
    position: () => undefined,
    write: ({ workload, container }, stream, bytes) => {
      this.lines.push(`${workload}/${container} ${stream} ${JSON.stringify(new TextDecoder().decode(bytes))}`);
    },
    lost: ({ workload, container }, stream, detail) =>
      void this.lines.push(`${workload}/${container} lost ${stream}: ${detail}`),
  };

  #output(attempt: number): Output {
    const at = (cursor: number | undefined) => (cursor === undefined ? '' : ` @${cursor}`);
    return {
      write: (stream, bytes, cursor) => {
        this.lines.push(`${attempt} ${stream} ${JSON.stringify(new TextDecoder().decode(bytes))}${at(cursor)}`);
      },
      lost: (stream, detail, cursor) => void this.lines.push(`${attempt} lost ${stream}: ${detail}${at(cursor)}`),
      observe: (fact) => void this.lines.push(`${attempt} ${fact.type}`),
    };
  }
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

export const succeeding: StepResult = { outcome: { status: 'succeeded', value: undefined }, artifacts: [] };

export function failing(failure: Failure = { code: 'exit-nonzero', exitCode: 1 }): StepResult {
  return { outcome: { status: 'failed', failure }, artifacts: [] };
}

/** After everything that is ready to run has run. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await nextTurn();
}
