import type { VariableScope } from '../model/variable-scope.ts';
import type { LoadedPipeline, PipelineOutline, PipelineRequest } from './services.ts';
import { clusterWord, meansCluster } from '../model/cluster-word.ts';
import type { OperatorFile } from '../operator/file/operator-file.ts';
import type { WrittenPassword } from '../wharf/config/written-passwords.ts';
import type { OpenSinkOf } from '../engine/run-driver.ts';
import type { RunSettings, Source } from '../events/event.ts';
import { foldRun, type RunState } from '../events/run-state.ts';
import type { EventSink } from '../events/sink.ts';
import type { Clock } from '../model/clock.ts';
import type { Checked } from '../model/diagnostic.ts';
import type { RunId } from '../model/ids.ts';
import type { UsedVariable } from '../model/plan.ts';
import type { PlannedPipeline } from '../wharf/plan/plan-pipeline.ts';
import type { GivenInput } from '../wharf/plan/variable-sources.ts';
import type { Mask } from '../secrets/mask.ts';
import type { RunSecrets } from '../secrets/run-secrets.ts';
import type { Provisions } from '../model/provisions.ts';
import type { RunIdentity } from '../steps/workload/workload-of.ts';
import type { Connection, Runtime, RuntimeProvider } from '../runtime/runtime.ts';
import type { OwnedRun, Store } from '../store/store.ts';
import type { ArtifactStore, CacheStore, Snapshot, SnapshotRequest } from '../workspace/workspace.ts';
import { chooseRuntime, type Choice } from './choose-runtime.ts';
import type { OwnCluster, OwnClusterSources } from '../operator/clusters/own-cluster.ts';
import { OwnClusters, ownClusterOr } from '../operator/clusters/own-clusters.ts';
import type { SourcePlace } from './read-source.ts';
import { artifactsWhileOwned, cachesWhileOwned } from './while-owned.ts';
import { stepExecutor } from './step-executor.ts';

/** A pipeline as it is read, with what only the engine needs of it. */
export type ReadPipeline = LoadedPipeline & PlannedPipeline;

/**
 * What reading found; the secrets that are known by then are in it also where the file is wrong, and no message may
 * show them.
 */
export type Read<T> = Checked<T> & {
  /** Every value that an input was given. */
  readonly given: readonly GivenInput[];
  readonly passwords: readonly WrittenPassword[];
};

/** The concrete things, each made at its first use. */
export interface LocalParts {
  readonly clock: Clock;
  /** By their word of `--on`. */
  readonly providers: Readonly<Record<string, () => Promise<RuntimeProvider>>>;
  /** Steps as pods of a cluster; a sentence where that cannot be had. */
  kubernetes(cluster: OwnCluster | string): Promise<RuntimeProvider>;
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

/** Where steps may run: words of `--on` by preference, with the clusters that they mean. */
export interface Where {
  readonly on: readonly string[];
  readonly clusters: OwnClusters;
}

type AskForHost = (connections: readonly Connection[]) => Promise<boolean>;

/** What `executor` needs to know of a run. */
export interface ExecutorRequest {
  readonly run: OwnedRun;
  readonly stages: RunIdentity['stages'];
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

/** What the services of one machine have in common: the store, once it is open, and the ways to runtimes and step executors. */
export class Workshop implements AsyncDisposable {
  #store: Promise<Store> | undefined;

  constructor(readonly parts: LocalParts) {}

  async store(): Promise<Store> {
    this.#store ??= this.parts.openStore();
    return await this.#store;
  }

  /** By their words, in the order of these. */
  async providers(words: readonly string[], clusters: OwnClusters): Promise<Record<string, RuntimeProvider>> {
    const found: Record<string, RuntimeProvider> = {};
    for (const word of words) {
      const provider = meansCluster(word)
        ? await this.parts.kubernetes(ownClusterOr(await clusters.of(word)))
        : await this.parts.providers[word]?.();
      if (provider !== undefined) found[word] = provider;
    }
    return found;
  }

  /** What this machine has for a user: the fake is for tests, and a cluster is touched only where it is named. */
  localWords(): readonly string[] {
    return Object.keys(this.parts.providers).filter((word) => word !== 'fake');
  }

  /** The clusters of one run. @param place what is known of them */
  clusters(place: Pick<OwnClusterSources, 'kubeContext' | 'again'>): OwnClusters {
    const { env, home, clock } = this.parts;
    return new OwnClusters({ ...place, env, home, clock, operator: async () => await this.parts.operator() });
  }

  async choose(where: Where, ask: AskForHost | undefined, signal: AbortSignal): Promise<Choice> {
    const { on, clusters } = where;
    // The host is there to be chosen by whoever is asked.
    const choice = await chooseRuntime(
      await this.providers([...on, ...(ask === undefined ? [] : ['host'])], clusters),
      on,
      ask,
      signal,
    );
    if (choice.status !== 'chosen' || !meansCluster(choice.word)) return choice;
    const { value: cluster } = await clusters.of(choice.word);
    return cluster === undefined ? choice : { ...choice, cluster: cluster.place };
  }

  /** Exactly where a run was, its cluster and namespace too; `undefined` where it never was anywhere. */
  whereItRan({ settings }: Pick<RunState, 'settings'>): Where | undefined {
    if (settings?.runtime === undefined) return undefined;
    const { cluster: again, kubeContext } = settings;
    const word = again === undefined ? settings.runtime : clusterWord(again.name);
    return {
      on: [word],
      clusters: this.clusters({ ...(kubeContext !== undefined && { kubeContext }), ...(again && { again }) }),
    };
  }

  async executor(request: ExecutorRequest): Promise<ReturnType<typeof stepExecutor>> {
    const store = await this.store();
    // Told at the run's end, by whoever tells: nobody here has a say in the log.
    const notes: string[] = [];
    const [artifacts, caches] = await Promise.all([
      this.parts.openArtifacts(store.folder(request.run.id)),
      this.parts.openCaches((message) => void notes.push(message)),
    ]);
    const confirm = () => request.run.confirm();
    return stepExecutor({
      ...request,
      clock: this.parts.clock,
      identity: { store: store.id, run: request.run.id, stages: request.stages },
      runtime: request.runtime.whileOwned(confirm),
      artifacts: artifactsWhileOwned(artifacts, confirm),
      caches: cachesWhileOwned(caches, confirm),
      notes,
    });
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
