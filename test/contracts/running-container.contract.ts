/**
 * The contract of running containers (`src/runtime/running-container.ts`). A test file of each runtime calls it:
 *
 *   runningContainerContract('Docker', async () => ({ runtime, image, clock, create, remove, breakable }), { … });
 *
 * If a platform cannot do something, a trait is false. Then the tests check what it does instead.
 */
import { describe } from 'vitest';
import { RunningBench } from './running-container/bench.ts';
import { runningCutContract } from './running-container/cuts.ts';
import { runningFilesContract } from './running-container/files.ts';
import { runningFindingContract } from './running-container/finding.ts';
import { runningLogsContract } from './running-container/logs.ts';
import { runningStatusContract } from './running-container/status.ts';
import { runningCommandsContract } from './running-container/commands.ts';
import type { RunningContract, RunningTraits, RunningUnderTest } from './running-container/under-test.ts';
import { openBench } from './open-bench.ts';

export type { RunningUnderTest } from './running-container/under-test.ts';

const parts = {
  finding: runningFindingContract,
  status: runningStatusContract,
  logs: runningLogsContract,
  commands: runningCommandsContract,
  files: runningFilesContract,
  cuts: runningCutContract,
};

/**
 * @param open called once for the whole suite; `skip` is the reason why it cannot run here, reported with each test
 * @param traits absent traits are `true`
 */
export function runningContainerContract(
  name: string,
  open: () => Promise<RunningUnderTest | { readonly skip: string }>,
  traits: Partial<RunningTraits> = {},
): void {
  describe(`running containers: ${name}`, () => {
    const bench = openBench(open, (opened) => new RunningBench(opened));
    const contract: RunningContract = {
      bench,
      traits: { apart: true, network: true, cuts: true, wholeLog: true, ...traits },
    };
    for (const [part, tests] of Object.entries(parts)) describe(part, () => tests(contract));
  });
}
