import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import type { DrivenRun, LoadedPipeline, PipelineRequest, ResumeRequest, Resumed, Services, StartRequest } from '../cli/services.ts';
import { driveNew, driveOn } from '../engine/drive-run.ts';
import type { RunControl } from '../engine/run-control.ts';
import type { Crew, Equipped, OpenSinkOf, PreparedPlan } from '../engine/run-driver.ts';
import type { RunSettings, Source } from '../events/event.ts';
import { foldRun, type RunState } from '../events/run-state.ts';
import type { EventSink } from '../events/sink.ts';
import type { Clock } from '../model/clock.ts';
import type { Checked } from '../model/diagnostic.ts';
import { makeRunId, type RunId, type StepId } from '../model/ids.ts';
import type { UsedVariable } from '../model/plan.ts';
import { labelKeys, type Exit, type Runtime, type RuntimeProvider, type Terminal, type WorkloadRef } from '../runtime/runtime.ts';
import { stepContainer } from '../steps/workload-of.ts';
import type { OwnedRun, Retention, Store } from '../store/store.ts';
import type { ArtifactStore, CacheStore, Snapshot, SnapshotRequest } from '../workspace/workspace.ts';
import { WorkspaceError } from '../workspace/workspace-error.ts';
import { chooseRuntime, explainAbsence } from './choose-runtime.ts';
import { assembleCrew } from './crew.ts';
import { drivenRun } from './driven-run.ts';
import { examineMachine } from './examine.ts';
import { findLeftovers } from './leftovers.ts';

/** A pipeline as it is read, with what only the engine needs of it. */
export type ReadPipeline = LoadedPipeline & { readonly variables: readonly UsedVariable[] };

/** The concrete things, each made at its first use. */
export interface LocalParts {
  readonly clock: Clock;
  readonly providers: Readonly<Record<string, () => Promise<RuntimeProvider>>>;
  readonly openSink: OpenSinkOf;
  openStore(): Promise<Store>;
  load(request: PipelineRequest): Promise<Checked<ReadPipeline>>;
  /** The source of a run from a configuration at this path, which may not be there. */
  source(path: string): Promise<Source>;
  takeSnapshot(request: SnapshotRequest): Promise<Snapshot>;
  openSnapshot(folder: string): Promise<Snapshot | undefined>;
  openArtifacts(folder: string): Promise<ArtifactStore>;
  openCaches(): Promise<CacheStore>;
}

/** The services of one machine: an embedded store, runs driven by this process. */
export function localServices(parts: LocalParts): Services {
  return new LocalServices(parts);
}

class LocalServices implements Services {
  readonly #parts: LocalParts;
  #store: Promise<Store> | undefined;

  constructor(parts: LocalParts) {
    this.#parts = parts;
  }

  async store(): Promise<Store> {
    this.#store ??= this.#parts.openStore();
    return await this.#store;
  }

  async project(path: string): Promise<string> {
    return (await this.#parts.source(path)).project;
  }

  async load(request: PipelineRequest): Promise<Checked<LoadedPipeline>> {
    return await this.#parts.load(request);
  }

  async start(request: StartRequest): Promise<DrivenRun> {
    const { clock } = this.#parts;
    const loading = this.#parts.load(request);
    loading.catch(() => undefined);
    const [store, source] = await Promise.all([this.store(), this.#parts.source(request.path)]);
    const createdAt = clock.now();
    const run = await store.create({ id: makeRunId(createdAt, randomBytes(10)), project: source.project, createdAt });
    let crew: ReturnType<typeof assembleCrew> | undefined;
    const drive = async (control: RunControl) =>
      await driveNew(run, control, {
        clock,
        openSink: this.#parts.openSink,
        source: async () => source,
        plan: async () => {
          const { value, diagnostics } = await loading;
          const name = value?.name ?? basename(source.directory);
          return value === undefined ? { name, diagnostics } : { name, diagnostics, plan: { stages: value.plan.stages, variables: value.variables } };
        },
        equip: async (plan: PreparedPlan, sink: EventSink, signal: AbortSignal): Promise<Equipped> => {
          const root = request.root ?? source.directory;
          const stop = new AbortController();
          const either = AbortSignal.any([signal, stop.signal]);
          const reading = this.#parts.takeSnapshot({ root, folder: store.folder(run.id), ignore: request.gitIgnore ? 'git' : 'none', signal: either });
          reading.catch(() => undefined);
          const choice = await chooseRuntime(await this.#providers(request.on), request.on, request.askForHost, signal);
          if (choice.status === 'none') {
            stop.abort();
            await reading.catch(() => undefined);
            return { status: 'unavailable', because: 'runtime', detail: explainAbsence(choice) };
          }
          const { runtime } = choice;
          const snapshot = await readable(reading);
          if (snapshot instanceof WorkspaceError) {
            await runtime[Symbol.asyncDispose]();
            const detail = snapshot.help === undefined ? snapshot.message : `${snapshot.message}\n  ${snapshot.help}`;
            return { status: 'unavailable', because: snapshot.code === 'disk-full' ? 'store' : 'runtime', detail };
          }
          crew = await this.#crew({ run, store, sink, runtime, snapshot, project: source.project, variables: plan.variables, pull: request.pull, keepFailed: request.keepFailed });
          const settings: RunSettings = {
            runtime: runtime.kind,
            engine: runtime.engine,
            pull: request.pull,
            keepFailed: request.keepFailed,
            ...(request.jobs !== undefined && { jobs: request.jobs }),
            ...(request.environment !== undefined && { environment: request.environment }),
          };
          return { status: 'ready', settings, workspace: snapshot.ref, crew, notes: snapshot.notes };
        },
      });
    return drivenRun(run, async (control) => await closing(drive(control), () => crew), () => crew?.leftBehind() ?? []);
  }

  async resume(id: RunId, request: ResumeRequest): Promise<Resumed> {
    return await this.#takeOver(id, request, false);
  }

  async abandon(id: RunId): Promise<'ended' | 'owned' | 'finished'> {
    const resumed = await this.#takeOver(id, {}, true);
    switch (resumed.status) {
      case 'driven':
        await resumed.run.done;
        return 'ended';
      case 'held':
        return 'owned';
      case 'finished':
        return 'finished';
      case 'unavailable':
        throw new Error(resumed.detail);
    }
  }

  async artifacts(run: RunId): Promise<ArtifactStore> {
    return await this.#parts.openArtifacts((await this.store()).folder(run));
  }

  async shell(run: RunId, step: StepId, terminal: Terminal): Promise<{ status: 'ended'; exit: Exit } | { status: 'not-kept'; message: string }> {
    const store = await this.store();
    const state = await this.#stateOf(store, run);
    const planned = state.steps.get(step)?.planned;
    const kind = state.settings?.runtime;
    const again = `slipway run --keep-failed --step ${planned?.name ?? step}`;
    if (kind === undefined || planned === undefined) return { status: 'not-kept', message: `the run never came to this step; to look inside one that fails: ${again}` };
    const choice = await chooseRuntime(await this.#providers([kind]), [kind], undefined, terminal.signal);
    if (choice.status === 'none') return { status: 'not-kept', message: explainAbsence(choice) };
    await using runtime = choice.runtime;
    const wanted = { [labelKeys.store]: store.id, [labelKeys.run]: run, [labelKeys.step]: step };
    let found: WorkloadRef | undefined;
    for await (const ref of runtime.find(wanted, terminal.signal)) found = ref;
    if (found === undefined) return { status: 'not-kept', message: `the step was not kept; start again with: ${again}` };
    const output = { write: () => undefined, lost: () => undefined, observe: () => undefined };
    const adopted = await runtime.adopt(found, { signal: terminal.signal, clock: this.#parts.clock, output });
    if (adopted.status !== 'succeeded') return { status: 'not-kept', message: `the step cannot be opened any more; start again with: ${again}` };
    return { status: 'ended', exit: await adopted.value.open(stepContainer, [planned.spec.shell], terminal) };
  }

  async examine(signal: AbortSignal) {
    const { fake: _, ...real } = await this.#providers(Object.keys(this.#parts.providers));
    return await examineMachine(real, async () => await this.store(), signal);
  }

  async leftovers(signal: AbortSignal) {
    return await findLeftovers(await this.#providers(Object.keys(this.#parts.providers)), await this.store(), signal);
  }

  async prune(policy: Retention) {
    const store = await this.store();
    const pruned = await store.prune(policy);
    const caches = { removed: 0, bytes: 0 };
    if (policy.runs !== undefined) return { ...pruned, caches };
    let total = pruned.bytes;
    for (const cache of await (await this.#parts.openCaches()).list()) {
      total += cache.bytes;
      const old = policy.maxAgeMs !== undefined && cache.usedAt < policy.now - policy.maxAgeMs;
      const tooMuch = policy.maxBytes !== undefined && total > policy.maxBytes;
      if (!old && !tooMuch) continue;
      caches.removed += 1;
      caches.bytes += cache.bytes;
      total -= cache.bytes;
      if (policy.dryRun !== true) await cache.remove();
    }
    return { ...pruned, caches };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const store = await this.#store?.catch(() => undefined);
    await store?.[Symbol.asyncDispose]();
  }

  async #takeOver(id: RunId, request: ResumeRequest, abandon: boolean): Promise<Resumed> {
    const store = await this.store();
    const before = await this.#stateOf(store, id);
    const kind = before.settings?.runtime;
    let runtime: Runtime | undefined;
    if (kind !== undefined) {
      const choice = await chooseRuntime(await this.#providers([kind]), [kind], undefined, new AbortController().signal);
      if (choice.status === 'none') return { status: 'unavailable', detail: explainAbsence(choice) };
      runtime = choice.runtime;
    }
    const ownership = await store.own(id);
    if (ownership.status !== 'owned') {
      await runtime?.[Symbol.asyncDispose]();
      return ownership.status === 'finished' ? ownership : { status: 'held', by: `process ${ownership.by.pid} on ${ownership.by.host}` };
    }
    const { run } = ownership;
    // What the dead owner may have stored between the look and the takeover counts too.
    const state = await foldRun(run.log.follow(0, new AbortController().signal, 'now'));
    const snapshot = state.iterations.length > 0 ? await this.#parts.openSnapshot(store.folder(id)) : undefined;
    let crew: ReturnType<typeof assembleCrew> | undefined;
    const drive = async (control: RunControl) =>
      await driveOn(run, control, {
        openSink: this.#parts.openSink,
        state,
        abandon,
        crew: async (sink) => {
          if (runtime === undefined || snapshot === undefined) return undefined;
          crew = await this.#crew({
            run,
            store,
            sink,
            runtime,
            snapshot,
            project: state.source?.project ?? '',
            variables: state.iterations.at(-1)?.variables ?? [],
            pull: state.settings?.pull ?? 'missing',
            keepFailed: request.keepFailed ?? state.settings?.keepFailed ?? false,
          });
          return crew;
        },
      });
    return { status: 'driven', run: drivenRun(run, async (control) => await closing(drive(control), () => crew), () => crew?.leftBehind() ?? []) };
  }

  async #crew(of: { run: OwnedRun; store: Store; sink: EventSink; runtime: Runtime; snapshot: Snapshot; project: string; variables: readonly UsedVariable[]; pull: RunSettings['pull']; keepFailed: boolean }) {
    return assembleCrew({
      ...of,
      clock: this.#parts.clock,
      identity: { store: of.store.id, run: of.run.id },
      artifacts: await this.#parts.openArtifacts(of.store.folder(of.run.id)),
      caches: await this.#parts.openCaches(),
    });
  }

  async #stateOf(store: Store, run: RunId): Promise<RunState> {
    await using reader = await store.read(run);
    return await foldRun(reader.follow(0, new AbortController().signal, 'now'));
  }

  async #providers(kinds: readonly string[]): Promise<Record<string, RuntimeProvider>> {
    // The host is there to be chosen by whoever is asked.
    const wanted = new Set([...kinds, 'host']);
    const found: Record<string, RuntimeProvider> = {};
    for (const [kind, make] of Object.entries(this.#parts.providers)) if (wanted.has(kind)) found[kind] = await make();
    return found;
  }
}

/** A tree that cannot be read is a recorded end of the run, not a bug. */
async function readable(reading: Promise<Snapshot>): Promise<Snapshot | WorkspaceError> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof WorkspaceError) return error;
    throw error;
  }
}

async function closing<T>(driving: Promise<T>, crew: () => Crew | undefined): Promise<T> {
  try {
    return await driving;
  } finally {
    await crew()?.close();
  }
}
