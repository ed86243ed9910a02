import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import type { DrivenRun, StartRequest } from '../cli/services.ts';
import { driveNew } from '../engine/drive-run.ts';
import type { Equipped, Preparation } from '../engine/run-driver.ts';
import { makeRunId } from '../model/ids.ts';
import type { Snapshot } from '../workspace/workspace.ts';
import { WorkspaceError } from '../workspace/workspace-error.ts';
import { explainAbsence } from './choose-runtime.ts';
import { maskOfFile } from './known-secrets.ts';
import type { PreparedSecrets } from './prepare-secrets.ts';
import { Cancelled } from '../model/outcome.ts';
import { maskedDiagnostics } from '../secrets/masked-diagnostics.ts';
import { maskedSink } from '../secrets/masked-sink.ts';
import { noMask, type Mask } from '../secrets/mask.ts';
import { noSecrets } from '../secrets/run-secrets.ts';
import { noProvisions } from '../steps/provisions.ts';
import { drivenRun, type CrewHolder } from './driven-run.ts';
import { missingFrom } from './needs-of-plan.ts';
import type { OwnedRun } from '../store/store.ts';
import type { SourcePlace } from './read-source.ts';
import type { Workshop } from './workshop.ts';

/** Records a run and drives it; what can be done at the same time is. */
export async function beginRun(workshop: Workshop, request: StartRequest): Promise<DrivenRun> {
  const { clock } = workshop.parts;
  const placing = workshop.parts.place(request.path);
  const creating = createRun(workshop, placing);
  const loading = workshop.parts.load({ runNumber: async () => (await creating).number, ...request });
  loading.catch(() => undefined);
  const [run, place, store] = await Promise.all([creating, placing, workshop.store()]);
  const describing = workshop.parts.describe(place);
  describing.catch(() => undefined);
  const holder: CrewHolder = {};
  let prepared: PreparedSecrets | undefined;
  let mask: Mask = noMask;
  const preparation: Preparation = {
    clock,
    openSink: async (log, onBroken) => maskedSink(await workshop.parts.openSink(log, onBroken), () => mask),
    source: async () => await describing,
    async plan(signal) {
      const { value, ...read } = await loading;
      mask = await maskOfFile(read);
      const diagnostics = maskedDiagnostics(mask, read.diagnostics);
      const name = value?.name ?? basename(place.directory);
      if (value === undefined) return { name, diagnostics };
      const { prepareSecrets, secretSources } = await import('./prepare-secrets.ts');
      const secrets = await prepareSecrets({ ...read, value }, secretSources(workshop, request, signal));
      if (secrets instanceof Cancelled) return { name, diagnostics, cancelled: true };
      prepared = secrets.value;
      const all = [...diagnostics, ...secrets.diagnostics];
      if (prepared === undefined) return { name, diagnostics: all };
      ({ mask } = prepared);
      return { name, diagnostics: all, plan: { stages: prepared.stages, variables: prepared.variables } };
    },
    async equip(plan, sink, signal) {
      const found = await runtimeAndTree(workshop, request, place.directory, store.folder(run.id), signal);
      if (found.status !== 'ready') return found;
      const { runtime, snapshot } = found;
      const missing = missingFrom(runtime, plan.stages);
      if (missing !== undefined) {
        await runtime[Symbol.asyncDispose]();
        return { status: 'unavailable', because: 'runtime', detail: missing };
      }
      const { pull, keepFailed, jobs, environment } = request;
      holder.crew = await workshop.crew({ run, sink, runtime, snapshot, project: place.project, variables: plan.variables, secrets: prepared?.secrets ?? noSecrets, mask, provisions: prepared?.provisions ?? noProvisions, pull, keepFailed });
      const settings = {
        runtime: runtime.kind,
        engine: runtime.engine,
        pull,
        keepFailed,
        ...(jobs !== undefined && { jobs }),
        ...(environment !== undefined && { environment }),
        ...(request.kubeContext !== undefined && { kubeContext: request.kubeContext }),
      };
      return { status: 'ready', settings, workspace: snapshot.ref, crew: holder.crew, notes: snapshot.notes };
    },
  };
  return drivenRun(run, async (control) => await driveNew(run, control, preparation), holder);
}

async function createRun(workshop: Workshop, placing: Promise<SourcePlace>): Promise<OwnedRun> {
  const [store, { project }] = await Promise.all([workshop.store(), placing]);
  const createdAt = workshop.parts.clock.now();
  return await store.create({ id: makeRunId(createdAt, randomBytes(10)), project, createdAt });
}

type Found = { readonly status: 'ready'; readonly runtime: OwnedRuntime; readonly snapshot: Snapshot } | Extract<Equipped, { status: 'unavailable' }>;
type OwnedRuntime = Extract<Awaited<ReturnType<Workshop['choose']>>, { status: 'chosen' }>['runtime'];

/** Looks for the engine while the tree is read. */
async function runtimeAndTree(workshop: Workshop, request: StartRequest, directory: string, folder: string, signal: AbortSignal): Promise<Found> {
  const stop = new AbortController();
  const reading = readTree(workshop, request, directory, folder, AbortSignal.any([signal, stop.signal]));
  reading.catch(() => undefined);
  const choice = await workshop.choose(request.on, request.askForHost, signal);
  if (choice.status === 'none') {
    stop.abort();
    await reading.catch(() => undefined);
    return { status: 'unavailable', because: 'runtime', detail: explainAbsence(choice) };
  }
  let snapshot: Snapshot | WorkspaceError | undefined;
  try {
    snapshot = await reading;
    if (!(snapshot instanceof WorkspaceError)) return { status: 'ready', runtime: choice.runtime, snapshot };
  } finally {
    if (snapshot === undefined || snapshot instanceof WorkspaceError) await choice.runtime[Symbol.asyncDispose]();
  }
  const detail = snapshot.help === undefined ? snapshot.message : `${snapshot.message}\n  ${snapshot.help}`;
  return { status: 'unavailable', because: snapshot.code === 'disk-full' ? 'store' : 'runtime', detail };
}

/** A tree that cannot be read is a recorded end of the run, not a bug. */
async function readTree(workshop: Workshop, request: StartRequest, directory: string, folder: string, signal: AbortSignal): Promise<Snapshot | WorkspaceError> {
  try {
    return await workshop.parts.takeSnapshot({ root: request.root ?? directory, folder, ignore: request.gitIgnore ? 'git' : 'none', signal });
  } catch (error) {
    if (error instanceof WorkspaceError) return error;
    throw error;
  }
}

