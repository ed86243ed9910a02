import { randomBytes } from 'node:crypto';
import type { Rerun, RerunRequest } from '../cli/services.ts';
import { driveNew } from '../engine/drive-run.ts';
import type { Equipped, Preparation } from '../engine/run-driver.ts';
import type { IterationState, RunState } from '../events/run-state.ts';
import { makeRunId, type RunId } from '../model/ids.ts';
import { Cancelled } from '../model/outcome.ts';
import { maskedSink } from '../secrets/masked-sink.ts';
import { explainAbsence } from './choose-runtime.ts';
import { drivenRun, type CrewHolder } from './driven-run.ts';
import { regain } from './go-on.ts';
import { missingFrom } from './needs-of-plan.ts';
import type { RegainedSecrets } from './resume-secrets.ts';
import type { Workshop } from './workshop.ts';

/**
 * Records a new run of the plan that another one had, and drives it. Neither the file nor the environment is read again
 * (architecture.md, "The plan is in the log"): the tree is the snapshot of before, variables have the values of before; secrets, which are
 * stored nowhere, are asked for and have to be the same.
 */
export async function runAgain(workshop: Workshop, id: RunId, request: RerunRequest): Promise<Rerun> {
  const before = await workshop.stateOf(id);
  const iteration = before.iterations.at(-1);
  const { source } = before;
  if (iteration === undefined || source === undefined) return { status: 'impossible', detail: 'the run ended before there was a plan; start a new one with `slipway run`' };
  const regained = await regain(workshop, before, request);
  if (regained instanceof Cancelled) return { status: 'cancelled' };
  if (regained.value === undefined) return { status: 'refused', diagnostics: regained.diagnostics };
  const store = await workshop.store();
  const createdAt = workshop.parts.clock.now();
  const run = await store.create({ id: makeRunId(createdAt, randomBytes(10)), project: source.project, createdAt });
  const holder: CrewHolder = {};
  const { mask } = regained.value;
  const preparation: Preparation = {
    clock: workshop.parts.clock,
    trigger: { kind: 'command', rerunOf: id },
    openSink: async (log, onBroken) => maskedSink(await workshop.parts.openSink(log, onBroken), () => mask),
    source: async () => await Promise.resolve(source),
    plan: async () => await Promise.resolve({ name: before.name ?? '', plan: { stages: stagesOf(iteration), variables: iteration.variables }, diagnostics: regained.diagnostics }),
    equip: async (plan, sink, signal) => await equipAgain(workshop, { id, run, before, plan, sink, signal, request, regained: regained.value as RegainedSecrets, holder }),
  };
  return { status: 'driven', run: drivenRun(run, async (control) => await driveNew(run, control, preparation), holder) };
}

function stagesOf(iteration: IterationState): IterationState['stages'][number]['planned'][] {
  return iteration.stages.map(({ planned }) => planned);
}

interface Again {
  readonly id: RunId;
  readonly run: Parameters<Workshop['crew']>[0]['run'];
  readonly before: RunState;
  readonly plan: Parameters<Preparation['equip']>[0];
  readonly sink: Parameters<Preparation['equip']>[1];
  readonly signal: AbortSignal;
  readonly request: RerunRequest;
  readonly regained: RegainedSecrets;
  readonly holder: CrewHolder;
}

async function equipAgain(workshop: Workshop, { id, run, before, plan, sink, signal, request, regained, holder }: Again): Promise<Equipped> {
  const { settings, source } = before;
  const store = await workshop.store();
  const choice = await workshop.choose(request.on ?? [settings?.runtime ?? 'docker'], undefined, signal);
  if (choice.status === 'none') return { status: 'unavailable', because: 'runtime', detail: explainAbsence(choice) };
  const { runtime } = choice;
  const missing = missingFrom(runtime, plan.stages);
  const snapshot = missing === undefined ? await workshop.parts.shareSnapshot(store.folder(id), store.folder(run.id)) : undefined;
  if (snapshot === undefined) {
    await runtime[Symbol.asyncDispose]();
    return { status: 'unavailable', because: 'runtime', detail: missing ?? 'the tree that the run worked on is gone; start a new one with `slipway run`' };
  }
  const { secrets, mask, provisions, notes } = regained;
  const pull = settings?.pull ?? 'missing';
  const keepFailed = request.keepFailed ?? settings?.keepFailed ?? false;
  holder.crew = await workshop.crew({ run, sink, runtime, snapshot, project: source?.project ?? '', variables: plan.variables, secrets, mask, provisions, pull, keepFailed });
  return { status: 'ready', settings: { ...settings, runtime: runtime.kind, engine: runtime.engine, pull, keepFailed }, workspace: snapshot.ref, crew: holder.crew, notes };
}
