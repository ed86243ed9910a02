import { noInteraction, type Interaction } from './interaction.ts';
import type { VariableScope } from '../model/variable-scope.ts';
import type { LoadedPipeline, PipelineOutline, PipelineRequest } from '../engine/front-end.ts';
import type {
  Abandoned,
  RerunRequest,
  DrivenRun,
  QueuedRequest,
  QueuedStart,
  Rerun,
  ResumeRequest,
  Resumed,
  ShellIo,
  Started,
  StartRequest,
} from './run-service.ts';
import type { LeftBy } from './cleanup/cleanup.ts';
import type { LookedAt } from './inspection.ts';
import type { Services } from './services.ts';
import { sorted } from '../diagnostics/sorted.ts';
import type { Checked, CodeTable } from '../model/diagnostic.ts';
import type { RunId, StepId } from '../model/ids.ts';
import type { Retention, Store } from '../store/store.ts';
import type { ArtifactStore } from '../workspace/workspace.ts';
import { beginQueued } from './begin/begin-queued.ts';
import { beginRun } from './begin/begin-run.ts';
import { examine } from './examine.ts';
import { resumeRun } from './begin/resume-run.ts';
import { rerun } from './begin/rerun.ts';
import { leftoverPlaces } from './cleanup/leftover-places.ts';
import { findLeftovers } from './cleanup/leftovers.ts';
import { maskedScope, maskedPipeline } from './secrets/known-secrets.ts';
import { openShell } from './open-shell.ts';
import { sentenceOf } from '../diagnostics/sentence-of.ts';
import { cachedImages, explainBuild, type BuildCache } from './build-cache.ts';
import type { CachePruning, SharedCachePruning } from '../model/cached-image.ts';
import type { PlaceRequest } from './places/places.ts';
import { prune, pruneDaily } from './cleanup/prune.ts';
import type { ConfigurationReader } from '../engine/configuration-reader.ts';
import type { ProjectInitializer } from '../engine/project-initializer.ts';
import type { Machine } from './machine.ts';
import { stepTextOf } from './step-text-of.ts';
import type { ClusterExaminer } from './examine-cluster.ts';
import type { SchemaName } from '../schema/json-schema.ts';
import type { RunState, StepState } from '../events/run-state.ts';
import type { StepSpec } from '../model/plan.ts';

/** A machine that opens its store on first use. */
export interface LocalMachine extends Omit<Machine, 'store'>, ClusterExaminer {
  openStore(): Promise<Store>;
  readonly schemas: Services['schema'];
  readonly configurations: ConfigurationReader;
  /** The cache that builds use. */
  buildCache(): Promise<BuildCache>;
  readonly initializer: ProjectInitializer;
}

export interface LocalSettings {
  /** Returns the retention at this time if no option sets one. */
  retention(now: number): Retention;
  readonly pruneMarker: string;
}

/** Returns the services of one machine: an embedded store, and runs driven by this process. */
export function localServices(machine: LocalMachine, settings: LocalSettings): Services {
  return new LocalServices(machine, settings);
}

class LocalServices implements Services {
  readonly configurations: ConfigurationReader;
  readonly initializer: ProjectInitializer;
  readonly #machine: Machine;
  readonly #local: LocalMachine;
  readonly #settings: LocalSettings;
  #store: Promise<Store> | undefined;

  constructor(local: LocalMachine, settings: LocalSettings) {
    this.#machine = { ...local, store: async () => await this.store() };
    this.#local = local;
    this.configurations = local.configurations;
    this.initializer = local.initializer;
    this.#settings = settings;
  }

  async store(): Promise<Store> {
    this.#store ??= this.#local.openStore();
    return await this.#store;
  }

  stepText(spec: StepSpec) {
    return this.#machine.frontEnd.kinds.text(spec);
  }

  stepTextOf(state: RunState, step: StepState) {
    return stepTextOf(this.#machine.frontEnd, state, step);
  }

  async codes(): Promise<CodeTable> {
    const { allCodes } = await import('./all-codes.ts');
    return await allCodes(this.#machine.frontEnd);
  }

  async schema(name: SchemaName) {
    return await this.#local.schemas(name);
  }

  async project(path: string): Promise<string> {
    return (await this.#machine.place(path)).project;
  }

  async load(request: PipelineRequest): Promise<Checked<LoadedPipeline>> {
    // Validation needs no exact run number and no runtime.
    if (request.purpose === 'validate') return await maskedPipeline(await this.#machine.frontEnd.load(request));
    const [{ value, diagnostics }, misplaced] = await Promise.all([
      this.#machine.frontEnd
        .load({ runNumber: async () => await this.#nextNumber(request.path), ...request })
        .then(maskedPipeline),
      this.checkPlace(request),
    ]);
    return {
      diagnostics: sorted([...diagnostics, ...misplaced]),
      ...(value !== undefined && misplaced.length === 0 && { value }),
    };
  }

  async variables(request: PipelineRequest): Promise<Checked<VariableScope>> {
    return await maskedScope(
      await this.#machine.frontEnd.variables({
        runNumber: async () => await this.#nextNumber(request.path),
        ...request,
      }),
    );
  }

  async outline(path: string): Promise<PipelineOutline | undefined> {
    return await this.#machine.frontEnd.outline(path);
  }

  /** Returns the number of the project's next run, unless another run starts before it. */
  async #nextNumber(path: string): Promise<number> {
    const [newest] = await (await this.store()).runs({ project: await this.project(path), limit: 1 });
    return (newest?.number ?? 0) + 1;
  }

  async start(request: StartRequest, interaction: Interaction = noInteraction): Promise<Started> {
    const started = await beginRun(this.#machine, request, interaction);
    return started.status === 'driven' ? this.#pruning(started.run) : started;
  }

  async startQueued(id: RunId, request: QueuedRequest, interaction: Interaction = noInteraction): Promise<QueuedStart> {
    const started = await beginQueued(this.#machine, id, request, interaction);
    return started.status === 'driven' ? this.#pruning(started.run) : started;
  }

  /** Prunes after the run, once a day. */
  #pruning(run: DrivenRun): { readonly status: 'driven'; readonly run: DrivenRun } {
    const done = run.done.finally(async () => {
      await pruneDaily(this.#machine, this.#settings.pruneMarker, this.#settings.retention(this.#machine.clock.now()));
    });
    done.catch(() => undefined);
    return { status: 'driven', run: { ...run, done } };
  }

  async resume(id: RunId, request: ResumeRequest, interaction: Interaction = noInteraction): Promise<Resumed> {
    return await resumeRun(this.#machine, id, { ...request, abandon: false }, interaction);
  }

  async rerun(id: RunId, request: RerunRequest, interaction: Interaction = noInteraction): Promise<Rerun> {
    return await rerun(this.#machine, id, request, interaction);
  }

  async abandon(id: RunId): Promise<Abandoned> {
    const resumed = await resumeRun(this.#machine, id, { abandon: true }, noInteraction);
    switch (resumed.status) {
      case 'driven':
        await resumed.run.done;
        return 'ended';
      case 'held':
        return 'owned';
      case 'finished':
        return 'finished';
      case 'refused':
      case 'unavailable':
        return resumed;
      case 'queued':
        throw new Error('an abandoned run stayed in the queue');
      case 'cancelled':
        throw new Error('a run that is not resumed was asked for its secrets');
    }
  }

  /** Rejects with the reason if a run stays as it is. The caller may continue with other runs. */
  async #abandonOr(id: RunId): Promise<'ended' | 'owned' | 'finished'> {
    const abandoned = await this.abandon(id);
    if (typeof abandoned === 'string') return abandoned;
    throw new Error(abandoned.status === 'refused' ? sentenceOf(abandoned.diagnostics) : abandoned.detail);
  }

  async artifacts(run: RunId): Promise<ArtifactStore> {
    return await this.#machine.files.openArtifacts((await this.store()).folder(run));
  }

  async shell(run: RunId, step: StepId, io: ShellIo) {
    return await openShell(this.#machine, run, step, io);
  }

  async checkPlace({ on = [], ...named }: LookedAt) {
    return await this.#machine.places.clusters(named).mistakes(on);
  }

  async examine(where: LookedAt, signal: AbortSignal) {
    const { tryCluster, plainWorkload } = this.#local;
    return await examine({ ...this.#machine, tryCluster, plainWorkload }, where, signal);
  }

  async leftovers(where: LookedAt & LeftBy, signal: AbortSignal) {
    const [places, store] = await Promise.all([leftoverPlaces(this.#machine, where), this.store()]);
    const abandon = async (run: RunId) => await this.#abandonOr(run);
    return await findLeftovers(
      { ...places, store, ...(where.run !== undefined && { run: where.run }), abandon },
      signal,
    );
  }

  async clusterNames() {
    return [...((await this.#machine.operator()).value?.clusters.keys() ?? [])];
  }

  async contextNames() {
    const { contextNames } = await import('../operator/clusters/context-names.ts');
    return await contextNames(this.#machine);
  }

  async cachedImages(where: PlaceRequest, signal: AbortSignal) {
    return await cachedImages(this.#machine, await this.#local.buildCache(), where, signal);
  }

  async pruneCache(pruning: CachePruning) {
    return (await this.#local.buildCache()).prune(pruning);
  }

  async pruneSharedCache(pruning: SharedCachePruning) {
    return (await this.#local.buildCache()).pruneShared(pruning);
  }

  async explainBuild(request: StartRequest, signal: AbortSignal) {
    return await explainBuild(this.#machine, await this.#local.buildCache(), request, signal);
  }

  async prune(policy: Retention) {
    return await prune(this.#machine, policy);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const store = await this.#store?.catch(() => undefined);
    await store?.[Symbol.asyncDispose]();
  }
}
