import type { StartRequest } from '../cli/services.ts';
import type { Equipped } from '../engine/run-driver.ts';
import type { PlannedStage } from '../model/plan.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { explainAbsence } from './choose-runtime.ts';
import { missingFrom } from './needs-of-plan.ts';
import type { Workshop } from './workshop.ts';

export type Unavailable = Extract<Equipped, { readonly status: 'unavailable' }>;

/** The caller's to dispose of. */
export type FittingRuntime = { readonly status: 'ready'; readonly runtime: Runtime } | Unavailable;

/** The first runtime that answers, if it has what the steps need. */
export async function fittingRuntime(workshop: Workshop, { on, askForHost }: Pick<StartRequest, 'on' | 'askForHost'>, stages: readonly PlannedStage[], signal: AbortSignal): Promise<FittingRuntime> {
  const choice = await workshop.choose(on, askForHost, signal);
  if (choice.status === 'none') return { status: 'unavailable', because: 'runtime', detail: explainAbsence(choice) };
  const { runtime } = choice;
  const missing = missingFrom(runtime, stages);
  if (missing === undefined) return { status: 'ready', runtime };
  await runtime[Symbol.asyncDispose]();
  return { status: 'unavailable', because: 'runtime', detail: missing };
}
