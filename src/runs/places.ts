import type { RunState } from '../events/run-state.ts';
import type { Clock } from '../model/clock.ts';
import { clusterWord, meansCluster } from '../model/cluster-word.ts';
import type { Checked } from '../model/diagnostic.ts';
import type { OwnCluster, OwnClusterSources } from '../operator/clusters/own-cluster.ts';
import { OwnClusters, ownClusterOr } from '../operator/clusters/own-clusters.ts';
import type { OperatorFile } from '../operator/file/operator-file.ts';
import type { Connection, RuntimeProvider } from '../runtime/runtime.ts';
import { chooseRuntime, type Choice } from './choose-runtime.ts';

/** Where steps may run: words of `--on` by preference, with the clusters that they mean. */
export interface Where {
  readonly on: readonly string[];
  readonly clusters: OwnClusters;
}

/** What runtimes are made of. */
export interface PlaceSources {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Runtimes of this machine, by their word of `--on`; each is made at its first use. */
  readonly local: Readonly<Record<string, () => Promise<RuntimeProvider>>>;
  /** Steps as pods of a cluster. A text says why there is no such cluster. */
  kubernetes(cluster: OwnCluster | string): Promise<RuntimeProvider>;
  operator(): Promise<Checked<OperatorFile>>;
}

/** Finds the runtimes that words of `--on` mean. */
export class Places {
  readonly #sources: PlaceSources;

  constructor(sources: PlaceSources) {
    this.#sources = sources;
  }

  /** By their words, in the order of these. */
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

  /** The words of this machine's own runtimes, without the fake one, which is for tests, and without clusters. */
  localWords(): readonly string[] {
    return Object.keys(this.#sources.local).filter((word) => word !== 'fake');
  }

  /** The clusters of one run. @param place what is known of them */
  clusters(place: Pick<OwnClusterSources, 'kubeContext' | 'again'>): OwnClusters {
    const { env, home, clock } = this.#sources;
    return new OwnClusters({ ...place, env, home, clock, operator: async () => await this.#sources.operator() });
  }

  /** Connects to the first runtime that answers. @param ask asks the user whether to take the host; absent: nobody */
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

  /** Returns where a run was, with its cluster and namespace; `undefined` where it never had a runtime. */
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
