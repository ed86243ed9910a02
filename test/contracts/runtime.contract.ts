/**
 * The contract of runtimes (`src/runtime/runtime.ts`). A test file of each runtime calls it:
 *
 *   runtimeContract('docker 20.10', async () => ({ runtime, image: 'localhost/busybox:1', clock, reopen, leftovers }),
 *   { … });
 *
 * If a runtime cannot do something, a trait is false. Then the tests check what it does instead.
 */
import { describe } from 'vitest';
import { Bench } from './runtime/bench.ts';
import type { Contract, RuntimeTraits, RuntimeUnderTest } from './runtime/under-test.ts';
import { copyingContract } from './runtime/copying.ts';
import { endingContract } from './runtime/ending.ts';
import { execContract } from './runtime/exec.ts';
import { findingContract } from './runtime/finding.ts';
import { logsContract } from './runtime/logs.ts';
import { outputContract } from './runtime/output.ts';
import { startingContract } from './runtime/starting.ts';
import { ownershipContract } from './runtime/ownership.ts';
import { volumesContract } from './runtime/volumes.ts';
import { openBench } from './open-bench.ts';

export type { RuntimeTraits, RuntimeUnderTest } from './runtime/under-test.ts';

const parts = {
  starting: startingContract,
  output: outputContract,
  logs: logsContract,
  volumes: volumesContract,
  ending: endingContract,
  exec: execContract,
  copying: copyingContract,
  finding: findingContract,
  ownership: ownershipContract,
};
export type ContractPart = keyof typeof parts;
const contractParts = Object.keys(parts) as readonly ContractPart[];

/**
 * @param open called once for the whole suite; `skip` is the reason why it cannot run here, reported with each test
 * @param traits absent traits are `true`
 * @param only runs only these parts: for another setting of a runtime that passes the whole contract in its usual
 * setting
 */
export function runtimeContract(
  name: string,
  open: () => Promise<RuntimeUnderTest | { readonly skip: string }>,
  traits: Partial<RuntimeTraits> = {},
  only: readonly ContractPart[] = contractParts,
): void {
  describe(`runtime contract: ${name}`, () => {
    const bench = openBench(open, (opened) => new Bench(opened));
    const contract: Contract = {
      bench,
      traits: {
        images: true,
        adoption: true,
        replay: true,
        memoryLimits: true,
        restarts: true,
        apart: true,
        halfLines: true,
        lineEnds: true,
        lastWords: true,
        manyFiles: 10_000,
        bulk: 10_000_000,
        ...traits,
      },
    };
    for (const part of only) describe(part, () => parts[part](contract));
  });
}
