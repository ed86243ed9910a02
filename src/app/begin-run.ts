import { basename } from 'node:path';
import type { DrivenRun, Started, StartRequest } from '../cli/services.ts';
import { driveNew } from '../engine/drive-run.ts';
import type { Preparation } from '../engine/run-driver.ts';
import type { RunSettings } from '../events/event.ts';
import { Cancelled } from '../model/outcome.ts';
import type { PlannedStage } from '../model/plan.ts';
import { maskedDiagnostics } from '../secrets/masked-diagnostics.ts';
import { WorkspaceError } from '../workspace/workspace-error.ts';
import type { Snapshot } from '../workspace/workspace.ts';
import { createRun } from './create-run.ts';
import { drivenRun, type CrewHolder } from './driven-run.ts';
import { equipped } from './equipped.ts';
import { fittingRuntime, type FittingRuntime, type Unavailable } from './fitting-runtime.ts';
import { holdsNone, type HeldSecrets } from './held-secrets.ts';
import { maskOfFile } from './known-secrets.ts';
import { maskedLog } from './masked-log.ts';
import type { Where, Workshop } from './workshop.ts';

/** Records a run and drives it; what can be done at the same time is. Where nobody knows where it is to be nothing is recorded. */
export async function beginRun(workshop: Workshop, request: StartRequest): Promise<Started> {
  const where: Where = { on: request.on, clusters: workshop.clusters(request) };
  const diagnostics = await where.clusters.mistakes(where.on);
  return diagnostics.length > 0 ? { status: 'refused', diagnostics } : { status: 'driven', run: await record(workshop, request, where) };
}

async function record(workshop: Workshop, request: StartRequest, where: Where): Promise<DrivenRun> {
  const placing = workshop.parts.place(request.path);
  const creating = placing.then(async ({ project }) => await createRun(workshop, project));
  const loading = workshop.parts.load({ runNumber: async () => (await creating).number, ...request });
  loading.catch(() => undefined);
  const [run, place, store] = await Promise.all([creating, placing, workshop.store()]);
  const describing = workshop.parts.describe(place);
  describing.catch(() => undefined);
  const holder: CrewHolder = {};
  let held: HeldSecrets = holdsNone;
  const preparation: Preparation = {
    clock: workshop.parts.clock,
    openSink: maskedLog(workshop, () => held.mask),
    source: async () => await describing,
    async plan(signal) {
      const { value, ...read } = await loading;
      held = { ...holdsNone, mask: await maskOfFile(read) };
      const diagnostics = maskedDiagnostics(held.mask, read.diagnostics);
      const name = value?.name ?? basename(place.directory);
      if (value === undefined) return { name, diagnostics };
      const { prepareSecrets, secretSources } = await import('./prepare-secrets.ts');
      const secrets = await prepareSecrets({ ...read, value }, secretSources(workshop, request, where, signal));
      if (secrets instanceof Cancelled) return { name, diagnostics, cancelled: true };
      const all = [...diagnostics, ...secrets.diagnostics];
      if (secrets.value === undefined) return { name, diagnostics: all };
      const { stages, variables, ...prepared } = secrets.value;
      held = prepared;
      return { name, diagnostics: all, plan: { stages, variables } };
    },
    async equip({ stages, variables }, sink, signal) {
      const wanted = { request, where, stages, directory: place.directory, folder: store.folder(run.id), holder };
      const found = await runtimeAndTree(workshop, wanted, signal);
      if (found.status !== 'ready') return found;
      const { runtime, cluster, snapshot } = found;
      return await equipped(workshop, { run, stages, sink, runtime, cluster, snapshot, project: place.project, variables, held, settings: settingsOf(request), notes: snapshot.notes }, holder);
    },
  };
  return drivenRun(run, async (control) => await driveNew(run, control, preparation), holder);
}

function settingsOf({ pull, keepFailed, jobs, environment, kubeContext }: StartRequest): RunSettings {
  return {
    pull,
    keepFailed,
    ...(jobs !== undefined && { jobs }),
    ...(environment !== undefined && { environment }),
    ...(kubeContext !== undefined && { kubeContext }),
  };
}

interface Wanted {
  readonly request: StartRequest;
  readonly where: Where;
  readonly stages: readonly PlannedStage[];
  /** Where the configuration is. */
  readonly directory: string;
  /** Where the run keeps its files. */
  readonly folder: string;
  /** Is told how far the tree has been read. */
  readonly holder: CrewHolder;
}

type Found = (Extract<FittingRuntime, { readonly status: 'ready' }> & { readonly snapshot: Snapshot }) | Unavailable;

/** Looks for the engine while the tree is read. */
async function runtimeAndTree(workshop: Workshop, wanted: Wanted, signal: AbortSignal): Promise<Found> {
  const stop = new AbortController();
  const reading = readTree(workshop, wanted, AbortSignal.any([signal, stop.signal]));
  reading.catch(() => undefined);
  const found = await fittingRuntime(workshop, wanted.where, wanted.request.askForHost, wanted.stages, signal);
  if (found.status !== 'ready') {
    stop.abort();
    await reading.catch(() => undefined);
    return found;
  }
  const { runtime, cluster } = found;
  let snapshot: Snapshot | WorkspaceError | undefined;
  try {
    snapshot = await reading;
    if (!(snapshot instanceof WorkspaceError)) return { status: 'ready', runtime, cluster, snapshot };
  } finally {
    if (snapshot === undefined || snapshot instanceof WorkspaceError) await runtime[Symbol.asyncDispose]();
  }
  const detail = snapshot.help === undefined ? snapshot.message : `${snapshot.message}\n  ${snapshot.help}`;
  return { status: 'unavailable', because: snapshot.code === 'disk-full' ? 'store' : 'runtime', detail };
}

/** A tree that cannot be read is a recorded end of the run, not a bug. */
async function readTree(workshop: Workshop, wanted: Wanted, signal: AbortSignal): Promise<Snapshot | WorkspaceError> {
  const { request, directory, folder, holder } = wanted;
  const since = workshop.parts.clock.now();
  let read = { files: 0, bytes: 0 };
  holder.activity = () => ({ type: 'reading', since, ...read });
  const progress = (files: number, bytes: number) => void (read = { files, bytes });
  try {
    const ignore = request.gitIgnore ? 'git' : 'none';
    return await workshop.parts.takeSnapshot({ root: request.root ?? directory, folder, ignore, progress, signal });
  } catch (error) {
    if (error instanceof WorkspaceError) return error;
    throw error;
  } finally {
    holder.activity = undefined;
  }
}
