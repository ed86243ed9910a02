import type { LoadedPipeline, PipelineOutline, PipelineRequest, VariableScope } from '../cli/services.ts';
import type { OperatorFile } from '../config/operator/operator-file.ts';
import type { WrittenPassword } from '../config/wharf/written-passwords.ts';
import type { OpenSinkOf } from '../engine/run-driver.ts';
import type { RunSettings, Source } from '../events/event.ts';
import { foldRun, type RunState } from '../events/run-state.ts';
import type { EventSink } from '../events/sink.ts';
import type { Clock } from '../model/clock.ts';
import type { Checked } from '../model/diagnostic.ts';
import type { RunId } from '../model/ids.ts';
import type { UsedVariable } from '../model/plan.ts';
import type { PlannedPipeline } from '../plan/plan-pipeline.ts';
import type { GivenInput } from '../plan/variable-sources.ts';
import type { Mask } from '../secrets/mask.ts';
import type { RunSecrets } from '../secrets/run-secrets.ts';
import type { Provisions } from '../steps/provisions.ts';
import type { Connection, Runtime, RuntimeProvider } from '../runtime/runtime.ts';
import type { OwnedRun, Store } from '../store/store.ts';
import type { ArtifactStore, CacheStore, Snapshot, SnapshotRequest } from '../workspace/workspace.ts';
import { chooseRuntime, type Choice } from './choose-runtime.ts';
import type { SourcePlace } from './read-source.ts';
import { assembleCrew } from './crew.ts';

/** A pipeline as it is read, with what only the engine needs of it. */
export type ReadPipeline = LoadedPipeline & PlannedPipeline;

/** What reading found; the secrets that are known by then are in it also where the file is wrong, and no message may show them. */
export type Read<T> = Checked<T> & {
  /** Every value that an input was given. */
  readonly given: readonly GivenInput[];
  readonly passwords: readonly WrittenPassword[];
};

/** The concrete things, each made at its first use. */
export interface LocalParts {
  readonly clock: Clock;
  readonly providers: Readonly<Record<string, () => Promise<RuntimeProvider>>>;
  readonly openSink: OpenSinkOf;
  openStore(): Promise<Store>;
  load(request: PipelineRequest): Promise<Read<ReadPipeline>>;
  variables(request: PipelineRequest): Promise<Read<VariableScope>>;
  /** The operator's file. */
  operator(): Promise<Checked<OperatorFile>>;
  /** Slipway's own environment, and the user's home: where the operator's secrets and clusters come from. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  outline(path: string): Promise<PipelineOutline | undefined>;
  /** Where a configuration at this path, which may not be there, belongs to. */
  place(path: string): Promise<SourcePlace>;
  /** The source of a run, with what its repository says. */
  describe(place: SourcePlace): Promise<Source>;
  takeSnapshot(request: SnapshotRequest): Promise<Snapshot>;
  openSnapshot(folder: string): Promise<Snapshot | undefined>;
  /** The snapshot of one run's folder for that of another. */
  shareSnapshot(from: string, to: string): Promise<Snapshot | undefined>;
  openArtifacts(folder: string): Promise<ArtifactStore>;
  /** @param note told what people should know, such as a cache that was damaged */
  openCaches(note?: (message: string) => void): Promise<CacheStore>;
}

/** What `crew` needs to know of a run. */
export interface CrewRequest {
  readonly run: OwnedRun;
  readonly sink: EventSink;
  readonly runtime: Runtime;
  readonly snapshot: Snapshot;
  readonly project: string;
  readonly variables: readonly UsedVariable[];
  readonly secrets: RunSecrets;
  readonly mask: Mask;
  readonly provisions: Provisions;
  readonly pull: RunSettings['pull'];
  readonly keepFailed: boolean;
}

/** What the services of one machine have in common: the store, once it is open, and the ways to runtimes and crews. */
export class Workshop implements AsyncDisposable {
  #store: Promise<Store> | undefined;

  constructor(readonly parts: LocalParts) {}

  async store(): Promise<Store> {
    this.#store ??= this.parts.openStore();
    return await this.#store;
  }

  async providers(kinds: readonly string[]): Promise<Record<string, RuntimeProvider>> {
    const found: Record<string, RuntimeProvider> = {};
    for (const [kind, make] of Object.entries(this.parts.providers)) if (kinds.includes(kind)) found[kind] = await make();
    return found;
  }

  /** Those that a user can have; the fake is for tests. */
  async realProviders(): Promise<Record<string, RuntimeProvider>> {
    return await this.providers(Object.keys(this.parts.providers).filter((kind) => kind !== 'fake'));
  }

  async choose(on: readonly string[], ask: ((connections: readonly Connection[]) => Promise<boolean>) | undefined, signal: AbortSignal): Promise<Choice> {
    // The host is there to be chosen by whoever is asked.
    return await chooseRuntime(await this.providers([...on, ...(ask === undefined ? [] : ['host'])]), on, ask, signal);
  }

  async crew(request: CrewRequest): Promise<ReturnType<typeof assembleCrew>> {
    const store = await this.store();
    // Told at the run's end, by whoever tells: nobody here has a say in the log.
    const notes: string[] = [];
    const [artifacts, caches] = await Promise.all([this.parts.openArtifacts(store.folder(request.run.id)), this.parts.openCaches((message) => void notes.push(message))]);
    return assembleCrew({ ...request, clock: this.parts.clock, identity: { store: store.id, run: request.run.id }, artifacts, caches, notes });
  }

  async stateOf(run: RunId): Promise<RunState> {
    await using reader = await (await this.store()).read(run);
    return await foldRun(reader.follow(0, new AbortController().signal, 'now', 'structural'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const store = await this.#store?.catch(() => undefined);
    await store?.[Symbol.asyncDispose]();
  }
}
