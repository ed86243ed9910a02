import type { RunCluster } from '../../model/run-cluster.ts';
import type { Interaction } from '../interaction.ts';
import type { Equipped } from '../../engine/run-driver.ts';
import type { PlannedStage } from '../../model/plan.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { explainAbsence } from './choose-runtime.ts';
import { missingCapabilities } from './missing-capabilities.ts';
import type { Where } from './places.ts';
import type { Machine } from '../machine.ts';

export type Unavailable = Extract<Equipped, { readonly status: 'unavailable' }>;

/** The caller disposes of the runtime. */
export type FittingRuntime =
  | {
      readonly status: 'ready';
      readonly runtime: Runtime;
      /** Present if the runtime is a cluster. */ readonly cluster: RunCluster | undefined;
    }
  | Unavailable;

/** Returns the first runtime that answers, if it has what the steps need. */
export async function fittingRuntime(
  machine: Pick<Machine, 'places' | 'frontEnd'>,
  where: Where,
  confirmHost: Interaction['confirmHost'],
  stages: readonly PlannedStage[],
  signal: AbortSignal,
): Promise<FittingRuntime> {
  const choice = await machine.places.choose(where, confirmHost, signal);
  if (choice.status === 'none') return { status: 'unavailable', because: 'runtime', detail: explainAbsence(choice) };
  const { runtime, cluster } = choice;
  const missing = missingCapabilities(runtime, stages, machine.frontEnd.kinds);
  if (missing === undefined) return { status: 'ready', runtime, cluster };
  await runtime[Symbol.asyncDispose]();
  return { status: 'unavailable', because: 'runtime', detail: missing };
}
