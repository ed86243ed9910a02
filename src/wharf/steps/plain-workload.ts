import { randomBytes } from 'node:crypto';
import { makeRunId, stepId, type StoreId } from '../../model/ids.ts';
import type { PlannedStep } from '../../model/plan.ts';
import type { WorkloadSpec } from '../../runtime/runtime.ts';
import { noMask } from '../../secrets/mask.ts';
import { shellCommand } from './container-step.ts';
import { makeWorkloadSpec } from '../../steps/workload/make-workload-spec.ts';

/**
 * Returns the workload of a step with only an image, for a run that does not exist. It is for inspection and is never
 * started.
 */
export function plainWorkload(image: string, store: StoreId, now: number): WorkloadSpec {
  const shell = '/bin/sh';
  const step: PlannedStep = {
    id: stepId(1, 1, 1),
    name: 'plain',
    needs: [],
    policy: { retries: 0, allowFailure: false },
    artifacts: [],
    cache: [],
    spec: { kind: 'container' },
  };
  const work = { image, command: shellCommand(shell), env: {}, files: [] };
  const filesTree = () => {
    throw new Error('a plain workload has no files');
  };
  return makeWorkloadSpec({ store, run: makeRunId(now, randomBytes(10)), stages: [] }, step, 1, {
    work,
    workspace: [],
    pull: 'missing',
    mask: noMask,
    filesTree,
  });
}
