import type { RunState } from '../../events/run-state.ts';
import type { Clock } from '../../model/clock.ts';
import { clusterWord, meansCluster } from '../../model/cluster-word.ts';
import type { Checked } from '../../model/diagnostic.ts';
import type { OwnCluster, OwnClusterSources } from '../../operator/clusters/own-cluster.ts';
import { OwnClusters, ownClusterOr } from '../../operator/clusters/own-clusters.ts';
import type { OperatorFile } from '../../operator/file/operator-file.ts';
import type { Connection, RuntimeProvider } from '../../runtime/runtime.ts';
import { chooseRuntime, type Choice } from './choose-runtime.ts';

/** Where steps may run: words of `--on` in order of preference, and their clusters. */
export interface Where {
  readonly on: readonly string[];
  readonly clusters: OwnClusters;
}

/** The parts that runtimes are made of. */
export interface PlaceSources {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Runtimes of this machine by their word of `--on`. Each is created on first use. */
  readonly local: Readonly<Record<string, () => Promise<RuntimeProvider>>>;
  /** Returns the provider that runs steps as pods of a cluster. A text explains why there is no such cluster. */
  kubernetes(cluster: OwnCluster | string): Promise<RuntimeProvider>;
  operator(): Promise<Checked<OperatorFile>>;
}

/** Finds the runtimes for words of `--on`. */
export class Places {
  readonly #sources: PlaceSources;

  constructor(sources: PlaceSources) {
    this.#sources = sources;
  }

  /** Returns the providers by word, in the order of `words`. */
  async providers(words: readonly string[], clusters: OwnClusters): Promise<Record<string, RuntimeProvider>> {
    const found: Record<string, RuntimeProvider> = {};
    for (const word of words) {
      const provider = meansCluster(word)
        ? await this.#sources.kubernetes(ownClusterOr(await clusters.of(word)))
        : await this.#sources.local[word]?.();
      if (provider !== undefined) found[word] = provider;
    }
    return found;
  }

  /** Returns the provider of one cluster. */
  async cluster(cluster: OwnCluster | string): Promise<RuntimeProvider> {
    return await this.#sources.kubernetes(cluster);
  }

  /** Returns the words of this machine's own runtimes. Excludes clusters, and the fake runtime, which is for tests. */
  localWords(): readonly string[] {
    return Object.keys(this.#sources.local).filter((word) => word !== 'fake');
  }

  /** Returns the clusters of one run. @param place what is known of them */
  clusters(place: Pick<OwnClusterSources, 'kubeContext' | 'again'>): OwnClusters {
    const { env, home, clock } = this.#sources;
    return new OwnClusters({ ...place, env, home, clock, operator: async () => await this.#sources.operator() });
  }

  /**
   * Connects to the first runtime that answers. @param ask asks the user whether to use the host; absent: no question
   */
  async choose(
    { on, clusters }: Where,
    ask: ((connections: readonly Connection[]) => Promise<boolean>) | undefined,
    signal: AbortSignal,
  ): Promise<Choice> {
    const words = [...on, ...(ask === undefined ? [] : ['host'])];
    const choice = await chooseRuntime(await this.providers(words, clusters), on, ask, signal);
    if (choice.status !== 'chosen' || !meansCluster(choice.word)) return choice;
    const { value: cluster } = await clusters.of(choice.word);
    return cluster === undefined ? choice : { ...choice, cluster: cluster.place };
  }

  /** Returns where a run was, with its cluster and namespace. Returns `undefined` if the run never had a runtime. */
  ofRun({ settings }: Pick<RunState, 'settings'>): Where | undefined {
    if (settings?.runtime === undefined) return undefined;
    const { cluster: again, kubeContext } = settings;
    const word = again === undefined ? settings.runtime : clusterWord(again.name);
    return {
      on: [word],
      clusters: this.clusters({ ...(kubeContext !== undefined && { kubeContext }), ...(again && { again }) }),
    };
  }
}
