import type { Interaction } from '../interaction.ts';
import { stateOf } from '../machine.ts';
import type { Rerun, RerunRequest } from '../run-service.ts';
import { driveNew } from '../../engine/drive-run.ts';
import type { Equipped, Preparation, PreparedPlan } from '../../engine/run-driver.ts';
import type { Source } from '../../events/event.ts';
import type { EventSink } from '../../events/sink.ts';
import type { RunState } from '../../events/run-state.ts';
import type { RunId } from '../../model/ids.ts';
import { Cancelled } from '../../model/outcome.ts';
import { closePlaces } from '../../runtime/run-places.ts';
import type { OwnedRun } from '../../store/store.ts';
import { createRun } from './create-run.ts';
import { drivenRun, maskedLog, type ExecutorHolder } from '../execution/driven-run.ts';
import { prepareExecution } from '../execution/prepare-execution.ts';
import { fittingPlaces } from '../places/fitting-places.ts';
import type { RestoredSecrets } from '../secrets/restore-secrets.ts';
import { resumedSettings } from './resume-run.ts';
import { placeMistakes, type RunWhere } from '../places/places.ts';
import type { Machine } from '../machine.ts';

/**
 * Records a new run of an earlier run's plan, and drives it.
 * Does not read the file or the environment again (docs/design/architecture.md, "The plan is in the log"). The tree is
 * the earlier snapshot. Variables keep their earlier values. Secrets are not stored, so Slipway asks for them again.
 * They must be the same.
 */
export async function rerun(
  machine: Machine,
  id: RunId,
  request: RerunRequest,
  interaction: Interaction,
): Promise<Rerun> {
  const before = await stateOf(machine, id);
  const { source } = before;
  if (before.iterations.length === 0 || source === undefined)
    return {
      status: 'impossible',
      detail: 'the run ended before it was planned; start a new run with `slipway run`',
    };
  const where = rerunPlaces(machine, before, request);
  const mistakes = await placeMistakes(where);
  if (mistakes.length > 0) return { status: 'refused', diagnostics: mistakes };
  const { restoreSecrets } = await import('../secrets/restore-secrets.ts');
  const secrets = await restoreSecrets(machine, before, where.steps, request, interaction, 'rerun');
  if (secrets instanceof Cancelled) return { status: 'cancelled' };
  const { value: restored, diagnostics } = secrets;
  if (restored === undefined) return { status: 'refused', diagnostics };
  const plan = await storedAgain(restored);
  const run = await createRun(machine, source.project);
  const holder: ExecutorHolder = {};
  const preparation: Preparation = {
    clock: machine.clock,
    trigger: { kind: 'command', rerunOf: id },
    openSink: maskedLog(machine, () => restored.mask),
    source: async () => await Promise.resolve(source),
    plan: async () => await Promise.resolve({ name: before.name ?? '', plan, diagnostics }),
    equip: async (plan, sink, signal) =>
      await equipRerun(machine, { id, before, source, where, request, restored, run, plan, sink, holder }, signal),
  };
  return {
    status: 'driven',
    run: drivenRun(run, async (control) => await driveNew(run, control, preparation), holder),
  };
}

/** Returns the earlier plan for a new log. The operator's secrets may have changed since. */
async function storedAgain({ plan, ...held }: RestoredSecrets): Promise<PreparedPlan> {
  const { mappedVariables, preparedPlan } = await import('../secrets/prepare-secrets.ts');
  const others = plan.variables.filter((variable) => !('mapped' in variable));
  const variables = [...others, ...(await mappedVariables(held.secrets.operator))];
  const prepared = await preparedPlan({ stages: plan.stages, variables }, held, new AbortController().signal);
  // Lost fields stay lost. Otherwise a step that was not selected would look runnable.
  const lost = new Map(plan.lost.map(({ step }) => [step.id, step]));
  const stages = prepared.stored.stages.map((stage) => ({
    ...stage,
    steps: stage.steps.map((step) => lost.get(step.id) ?? step),
  }));
  return { ...prepared, stored: { ...prepared.stored, stages } };
}

/** Returns the places of `on`. Default: the places of the earlier run. */
function rerunPlaces(machine: Pick<Machine, 'places'>, before: RunState, { on }: RerunRequest): RunWhere {
  const { kubeContext } = before.settings ?? {};
  const anew = (words: readonly string[]): RunWhere =>
    machine.places.where({ on: words, ...(kubeContext !== undefined && { kubeContext }) });
  const places = machine.places.ofRun(before) ?? anew(['docker']);
  return on === undefined ? places : { ...places, ...anew(on) };
}

interface Again {
  /** The earlier run. */
  readonly id: RunId;
  readonly before: RunState;
  readonly source: Source;
  readonly where: RunWhere;
  readonly request: RerunRequest;
  readonly restored: RestoredSecrets;
  /** The new run. */
  readonly run: OwnedRun;
  readonly plan: PreparedPlan;
  readonly sink: EventSink;
  readonly holder: ExecutorHolder;
}

async function equipRerun(
  machine: Pick<Machine, 'places' | 'frontEnd' | 'files' | 'clock' | 'store' | 'commands'>,
  { id, before, source, where, request, restored, run, plan, sink, holder }: Again,
  signal: AbortSignal,
): Promise<Equipped> {
  const fitting = await fittingPlaces(machine, where, undefined, plan.stages, signal);
  if (fitting.status !== 'ready') return fitting;
  const { found } = fitting;
  const store = await machine.store();
  const snapshot = await machine.files.shareSnapshot(store.folder(id), store.folder(run.id));
  if (snapshot === undefined) {
    await closePlaces(found.places);
    return {
      status: 'unavailable',
      because: 'runtime',
      detail: 'the run’s workspace snapshot no longer exists; start a new run with `slipway run`',
    };
  }
  const { notes, plan: _written, ...held } = restored;
  // The file of the earlier run belongs to that run.
  const { fileOutput: _file, ...settings } = resumedSettings(before, request);
  return await prepareExecution(
    machine,
    {
      run,
      stages: plan.stages,
      sink,
      found,
      snapshot,
      project: source.project,
      variables: plan.variables,
      held,
      settings,
      notes,
    },
    holder,
  );
}
