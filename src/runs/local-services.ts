import type { VariableScope } from '../model/variable-scope.ts';
import type {
  Abandoned,
  LeftBy,
  LoadedPipeline,
  LookedAt,
  PipelineOutline,
  PipelineRequest,
  RerunRequest,
  Rerun,
  ResumeRequest,
  Resumed,
  Services,
  ShellIo,
  Started,
  StartRequest,
} from './services.ts';
import { sorted } from '../diagnostics/sorted.ts';
import type { Checked } from '../model/diagnostic.ts';
import type { RunId, StepId } from '../model/ids.ts';
import type { Retention, Store } from '../store/store.ts';
import type { ArtifactStore } from '../workspace/workspace.ts';
import { beginRun } from './begin-run.ts';
import { examine } from './examine.ts';
import { resumeRun } from './resume-run.ts';
import { rerun } from './rerun.ts';
import { leftoverPlaces } from './leftover-places.ts';
import { findLeftovers } from './leftovers.ts';
import { maskedScope, maskedPipeline } from './known-secrets.ts';
import { openShell } from './open-shell.ts';
import { sentenceOf } from '../diagnostics/sentence-of.ts';
import { prune, pruneDaily } from './prune.ts';
import { Workshop, type LocalParts } from './workshop.ts';

export interface LocalSettings {
  /** What is kept where nobody says otherwise, at this time. */
  retention(now: number): Retention;
  readonly pruneMarker: string;
}

/** The services of one machine: an embedded store, runs driven by this process. */
export function localServices(parts: LocalParts, settings: LocalSettings): Services {
  return new LocalServices(new Workshop(parts), settings);
}

class LocalServices implements Services {
  readonly #workshop: Workshop;
  readonly #settings: LocalSettings;

  constructor(workshop: Workshop, settings: LocalSettings) {
    this.#workshop = workshop;
    this.#settings = settings;
  }

  async store(): Promise<Store> {
    return await this.#workshop.store();
  }

  async project(path: string): Promise<string> {
    return (await this.#workshop.parts.place(path)).project;
  }

  async load(request: PipelineRequest): Promise<Checked<LoadedPipeline>> {
    // What only looks at the file needs no number that is right, and does not run anywhere.
    if (request.purpose === 'validate') return await maskedPipeline(await this.#workshop.parts.load(request));
    const [{ value, diagnostics }, misplaced] = await Promise.all([
      this.#workshop.parts
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
      await this.#workshop.parts.variables({ runNumber: async () => await this.#nextNumber(request.path), ...request }),
    );
  }

  async outline(path: string): Promise<PipelineOutline | undefined> {
    return await this.#workshop.parts.outline(path);
  }

  /** What the project's next run will be counted as, unless another one is begun before it. */
  async #nextNumber(path: string): Promise<number> {
    const [newest] = await (await this.store()).runs({ project: await this.project(path), limit: 1 });
    return (newest?.number ?? 0) + 1;
  }

  async start(request: StartRequest): Promise<Started> {
    const started = await beginRun(this.#workshop, request);
    if (started.status === 'refused') return started;
    const { run } = started;
    const done = run.done.finally(async () => {
      await pruneDaily(
        this.#workshop,
        this.#settings.pruneMarker,
        this.#settings.retention(this.#workshop.parts.clock.now()),
      );
    });
    done.catch(() => undefined);
    return { status: 'driven', run: { ...run, done } };
  }

  async resume(id: RunId, request: ResumeRequest): Promise<Resumed> {
    return await resumeRun(this.#workshop, id, { ...request, abandon: false });
  }

  async rerun(id: RunId, request: RerunRequest): Promise<Rerun> {
    return await rerun(this.#workshop, id, request);
  }

  async abandon(id: RunId): Promise<Abandoned> {
    const resumed = await resumeRun(this.#workshop, id, { abandon: true });
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
      case 'cancelled':
        throw new Error('the run was asked for its secrets, though it is not to go on');
    }
  }

  /** For whoever goes on with others where one stays. Rejects with why. */
  async #abandonOr(id: RunId): Promise<'ended' | 'owned' | 'finished'> {
    const abandoned = await this.abandon(id);
    if (typeof abandoned === 'string') return abandoned;
    throw new Error(abandoned.status === 'refused' ? sentenceOf(abandoned.diagnostics) : abandoned.detail);
  }

  async artifacts(run: RunId): Promise<ArtifactStore> {
    return await this.#workshop.parts.openArtifacts((await this.store()).folder(run));
  }

  async shell(run: RunId, step: StepId, io: ShellIo) {
    return await openShell(this.#workshop, run, step, io);
  }

  async checkPlace({ on = [], ...named }: LookedAt) {
    return await this.#workshop.clusters(named).mistakes(on);
  }

  async examine(where: LookedAt, signal: AbortSignal) {
    return await examine(this.#workshop, where, signal);
  }

  async leftovers(where: LookedAt & LeftBy, signal: AbortSignal) {
    const [places, store] = await Promise.all([leftoverPlaces(this.#workshop, where), this.store()]);
    const abandon = async (run: RunId) => await this.#abandonOr(run);
    return await findLeftovers(
      { ...places, store, ...(where.run !== undefined && { run: where.run }), abandon },
      signal,
    );
  }

  async clusterNames() {
    return [...((await this.#workshop.parts.operator()).value?.clusters.keys() ?? [])];
  }

  async contextNames() {
    const { contextNames } = await import('../operator/clusters/context-names.ts');
    return await contextNames(this.#workshop.parts);
  }

  async prune(policy: Retention) {
    return await prune(this.#workshop, policy);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#workshop[Symbol.asyncDispose]();
  }
}
