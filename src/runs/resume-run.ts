import type { Interaction } from './interaction.ts';
import { stateOf } from './machine.ts';
import type { Resumed, ResumeRequest } from './services.ts';
import { driveResumed, type Resumption } from '../engine/drive-run.ts';
import { currentIteration, foldRun, type RunState } from '../events/run-state.ts';
import type { Checked } from '../model/diagnostic.ts';
import type { RunId } from '../model/ids.ts';
import { Cancelled } from '../model/outcome.ts';
import type { Snapshot } from '../workspace/workspace.ts';
import { explainAbsence } from './choose-runtime.ts';
import { drivenRun, type ExecutorHolder } from './driven-run.ts';
import { prepareExecution } from './prepare-execution.ts';
import { holdsNone } from './held-secrets.ts';
import { maskedLog } from './masked-log.ts';
import type { RestoredSecrets } from './restore-secrets.ts';
import { resumedSettings } from './resumed-settings.ts';
import type { Where } from './places.ts';
import type { Machine } from './machine.ts';

export interface TakeOverRequest extends ResumeRequest {
  /** Ends the run as cancelled and removes what it left, instead of resuming it. */
  readonly abandon: boolean;
}

/**
 * Takes over a run whose owner is dead. Takes ownership only after the runtime answers and the secrets are known, so
 * that a failed attempt can be repeated.
 */
export async function resumeRun(
  machine: Machine,
  id: RunId,
  request: TakeOverRequest,
  interaction: Interaction,
): Promise<Resumed> {
  const before = await stateOf(machine, id);
  const where = machine.places.ofRun(before);
  const mistakes = (await where?.clusters.mistakes(where.on)) ?? [];
  if (mistakes.length > 0) return { status: 'refused', diagnostics: mistakes };
  const restored = await secretsFor(machine, before, where, request, interaction);
  if (restored instanceof Cancelled) return { status: 'cancelled' };
  if (restored.value === undefined) return { status: 'refused', diagnostics: restored.diagnostics };
  const { notes, plan, ...held } = restored.value;
  const choice = where && (await machine.places.choose(where, undefined, new AbortController().signal));
  if (choice?.status === 'none') return { status: 'unavailable', detail: explainAbsence(choice) };
  const runtime = choice?.runtime;
  const store = await machine.store();
  const ownership = await store.own(id);
  if (ownership.status !== 'owned') {
    await runtime?.[Symbol.asyncDispose]();
    return ownership.status === 'finished'
      ? ownership
      : { status: 'held', by: `process ${ownership.by.pid} on ${ownership.by.host}` };
  }
  const { run } = ownership;
  // Read the state again: the dead owner may have stored events between the first look and the takeover.
  const state = await foldRun(run.log.follow(0, new AbortController().signal, 'now'));
  if (currentIteration(state)?.iteration !== currentIteration(before)?.iteration) {
    // The owner made the plan and died after the first look, so its secrets are still unknown.
    await runtime?.[Symbol.asyncDispose]();
    await run.release();
    return await resumeRun(machine, id, request, interaction);
  }
  let snapshot: Snapshot | undefined;
  try {
    if (state.iterations.length > 0) snapshot = await machine.files.openSnapshot(store.folder(id));
  } catch (error) {
    await Promise.all([run.release(), runtime?.[Symbol.asyncDispose]()]);
    throw error;
  }
  const holder: ExecutorHolder = {};
  const resumption: Resumption = {
    openSink: maskedLog(machine, () => held.mask),
    state,
    stages: plan.stages,
    abandon: request.abandon,
    notes,
    async executor(sink) {
      if (runtime === undefined || snapshot === undefined) return undefined;
      const { stages, variables } = plan;
      return (
        await prepareExecution(
          machine,
          {
            run,
            stages,
            sink,
            runtime,
            cluster: choice?.cluster,
            snapshot,
            project: state.source?.project ?? '',
            variables,
            held,
            settings: resumedSettings(state, request),
            notes: [],
          },
          holder,
        )
      ).executor;
    },
  };
  return {
    status: 'driven',
    run: drivenRun(run, async (control) => await driveResumed(run, control, resumption), holder),
  };
}

/** Restores the secrets. A run that is only ended needs none. */
async function secretsFor(
  machine: Pick<Machine, 'env' | 'home' | 'clock' | 'operator' | 'frontEnd'>,
  state: RunState,
  where: Where | undefined,
  request: TakeOverRequest,
  interaction: Interaction,
): Promise<Checked<RestoredSecrets> | Cancelled> {
  const { restoreSecrets, withoutRunning } = await import('./restore-secrets.ts');
  if (request.abandon) return { value: { ...holdsNone, notes: [], plan: withoutRunning(state) }, diagnostics: [] };
  return await restoreSecrets(machine, state, where, request, interaction, 'resume');
}
