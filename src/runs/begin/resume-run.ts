import type { Interaction } from '../interaction.ts';
import { stateOf } from '../machine.ts';
import type { Resumed, ResumeRequest } from '../run-service.ts';
import { driveResumed, endQueued, type Resumption } from '../../engine/drive-run.ts';
import type { RunSettings } from '../../events/event.ts';
import { currentIteration, foldRun, type RunState } from '../../events/run-state.ts';
import type { Checked } from '../../model/diagnostic.ts';
import type { RunId } from '../../model/ids.ts';
import { Cancelled } from '../../model/outcome.ts';
import { isEnd } from '../../model/status.ts';
import { closePlaces } from '../../runtime/run-places.ts';
import type { Snapshot } from '../../workspace/workspace.ts';
import { explainAbsence } from '../places/choose-runtime.ts';
import { drivenRun, maskedLog, type ExecutorHolder } from '../execution/driven-run.ts';
import { prepareExecution } from '../execution/prepare-execution.ts';
import { holdsNone } from '../secrets/held-secrets.ts';
import type { RestoredSecrets } from '../secrets/restore-secrets.ts';
import { placeMistakes, type RunWhere } from '../places/places.ts';
import type { Machine } from '../machine.ts';
import { heldBy } from './held-by.ts';

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
  const store = await machine.store();
  // Ask for no secrets of a run that cannot be taken over.
  const summary = await store.summary(id);
  if (summary !== undefined && isEnd(summary.status)) return { status: 'finished' };
  if (summary?.status === 'inProgress' && summary.owner !== undefined) return heldBy(summary.owner);
  const before = await stateOf(machine, id);
  const where = machine.places.ofRun(before);
  const mistakes = where === undefined ? [] : await placeMistakes(where);
  if (mistakes.length > 0) return { status: 'refused', diagnostics: mistakes };
  const restored = await secretsFor(machine, before, where, request, interaction);
  if (restored instanceof Cancelled) return { status: 'cancelled' };
  if (restored.value === undefined) return { status: 'refused', diagnostics: restored.diagnostics };
  const { notes, plan, ...held } = restored.value;
  const found = where && (await machine.places.connect(where, undefined, new AbortController().signal));
  if (found?.status === 'none') return { status: 'unavailable', detail: explainAbsence(found) };
  const close = async () => void (found && (await closePlaces(found.places)));
  const ownership = await store.own(id);
  if (ownership.status !== 'owned') {
    await close();
    if (ownership.status === 'held') return heldBy(ownership.by);
    if (ownership.status === 'finished' || !request.abandon) return ownership;
    return await abandonQueued(machine, id, interaction);
  }
  const { run } = ownership;
  // Read the state again: the dead owner may have stored events between the first look and the takeover.
  const state = await foldRun(run.log.follow(0, new AbortController().signal, 'now'));
  if (currentIteration(state)?.iteration !== currentIteration(before)?.iteration) {
    // The owner made the plan and died after the first look, so its secrets are still unknown.
    await close();
    await run.release();
    return await resumeRun(machine, id, request, interaction);
  }
  let snapshot: Snapshot | undefined;
  try {
    if (state.iterations.length > 0) snapshot = await machine.files.openSnapshot(store.folder(id));
  } catch (error) {
    await Promise.all([run.release(), close()]);
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
      if (found === undefined || snapshot === undefined) return undefined;
      const { stages, variables } = plan;
      return (
        await prepareExecution(
          machine,
          {
            run,
            stages,
            sink,
            found,
            snapshot,
            project: state.source?.project ?? '',
            variables,
            followed: state.workloads,
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

async function abandonQueued(machine: Machine, id: RunId, interaction: Interaction): Promise<Resumed> {
  const store = await machine.store();
  const taken = await store.take(id);
  switch (taken.status) {
    case 'held':
      return heldBy(taken.by);
    case 'begun':
      return await resumeRun(machine, id, { abandon: true }, interaction);
    case 'owned': {
      const openSink = maskedLog(machine, () => holdsNone.mask);
      const { run, queued } = taken;
      return { status: 'driven', run: drivenRun(run, () => endQueued(run, queued, openSink), {}) };
    }
  }
}

/** Restores the secrets. A run that is only ended needs none. */
async function secretsFor(
  machine: Pick<Machine, 'env' | 'home' | 'clock' | 'operator' | 'frontEnd'>,
  state: RunState,
  where: RunWhere | undefined,
  request: TakeOverRequest,
  interaction: Interaction,
): Promise<Checked<RestoredSecrets> | Cancelled> {
  const { restoreSecrets, withoutRunning } = await import('../secrets/restore-secrets.ts');
  if (request.abandon) {
    const plan = withoutRunning(state, machine.frontEnd.language);
    return { value: { ...holdsNone, notes: [], plan }, diagnostics: [] };
  }
  return await restoreSecrets(machine, state, where?.steps, request, interaction, 'resume');
}

/** Returns the settings of the earlier run for its steps. A request may change only `keepFailed`. */
export function resumedSettings(
  { settings }: Pick<RunState, 'settings'>,
  { keepFailed }: Pick<ResumeRequest, 'keepFailed'>,
): RunSettings {
  return { ...settings, pull: settings?.pull ?? 'missing', keepFailed: keepFailed ?? settings?.keepFailed ?? false };
}
