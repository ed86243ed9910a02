import type { RunState } from '../../events/run-state.ts';
import type { Clock } from '../../model/clock.ts';
import { clusterWord, meansCluster } from '../../model/cluster-word.ts';
import type { PlaceSettings, RunSettings } from '../../events/event.ts';
import type { Checked, Diagnostic } from '../../model/diagnostic.ts';
import type { OwnCluster, OwnClusterSources } from '../../operator/clusters/own-cluster.ts';
import { OwnClusters, ownClusterOr } from '../../operator/clusters/own-clusters.ts';
import type { OperatorFile } from '../../operator/file/operator-file.ts';
import type { WantedPlace } from '../../model/wanted-place.ts';
import { onePlace, type RunPlaces } from '../../runtime/run-places.ts';
import type { Connection, Runtime, RuntimeProvider } from '../../runtime/runtime.ts';
import { chooseRuntime, type Choice } from './choose-runtime.ts';

/** Where one part of a run may work: words of `--on` in order of preference, and their clusters. */
export interface Where {
  readonly on: readonly string[];
  readonly clusters: OwnClusters;
  readonly kubeContext?: string;
}

/** Where the parts of a run may work. An absent part works where the steps run. */
export interface RunWhere {
  readonly steps: Where;
  readonly builds?: Where;
  readonly deploys?: Where;
}

/** The places of a run that answered, and how its log names them. The caller closes them. */
export interface FoundPlaces {
  readonly places: RunPlaces;
  readonly settings: Pick<RunSettings, keyof PlaceSettings | 'builds' | 'deploys'>;
}

/** What the caller asked of places. */
export type PlaceRequest = WantedPlace;

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
  clusters(place: Pick<OwnClusterSources, 'kubeContext' | 'again' | 'namespace' | 'builder'>): OwnClusters {
    const { env, home, clock } = this.#sources;
    return new OwnClusters({ ...place, env, home, clock, operator: async () => await this.#sources.operator() });
  }

  /** Returns where the parts of a new run may work. */
  where(
    steps: PlaceRequest,
    others: { readonly builds?: PlaceRequest; readonly deploys?: PlaceRequest } = {},
  ): RunWhere {
    const one = ({ on, kubeContext, namespace, builder }: PlaceRequest): Where => {
      const context = kubeContext === undefined ? {} : { kubeContext };
      const pods = { ...(namespace !== undefined && { namespace }), ...(builder && { builder }) };
      return { on, clusters: this.clusters({ ...context, ...pods }), ...context };
    };
    return {
      steps: one(steps),
      ...(others.builds && { builds: one(others.builds) }),
      ...(others.deploys && { deploys: one(others.deploys) }),
    };
  }

  /**
   * Connects to the first runtime that answers, for each part of a run. If one part has none, closes the others.
   * @param ask asks the user whether to run steps on the host; absent: no question
   */
  async connect(
    where: RunWhere,
    ask: ((connections: readonly Connection[]) => Promise<boolean>) | undefined,
    signal: AbortSignal,
  ): Promise<({ readonly status: 'connected' } & FoundPlaces) | Extract<Choice, { readonly status: 'none' }>> {
    const opened: Runtime[] = [];
    const close = async () => await Promise.all(opened.map(async (runtime) => await runtime[Symbol.asyncDispose]()));
    try {
      const steps = await this.choose(where.steps, ask, signal);
      if (steps.status === 'none') return steps;
      opened.push(steps.runtime);
      let found: FoundPlaces = { places: onePlace(steps.runtime), settings: settingsOf(where.steps, steps) };
      for (const role of ['builds', 'deploys'] as const) {
        const wanted = where[role];
        if (wanted === undefined) continue;
        const choice = await this.choose(wanted, undefined, signal);
        if (choice.status === 'none') {
          await close();
          return choice;
        }
        opened.push(choice.runtime);
        found = {
          places: { ...found.places, [role]: choice.runtime },
          settings: { ...found.settings, [role]: settingsOf(wanted, choice) },
        };
      }
      return { status: 'connected', ...found };
    } catch (error) {
      await close();
      throw error;
    }
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

  /** Returns where a run was, with its clusters and namespaces. Returns `undefined` if it never had a runtime. */
  ofRun({ settings }: Pick<RunState, 'settings'>): RunWhere | undefined {
    const steps = settings && this.#ofPlace(settings);
    if (steps === undefined) return undefined;
    const builds = settings?.builds && this.#ofPlace(settings.builds);
    const deploys = settings?.deploys && this.#ofPlace(settings.deploys);
    return { steps, ...(builds && { builds }), ...(deploys && { deploys }) };
  }

  #ofPlace({ runtime, cluster: again, kubeContext }: PlaceSettings): Where | undefined {
    if (runtime === undefined) return undefined;
    const context = kubeContext === undefined ? {} : { kubeContext };
    return {
      on: [again === undefined ? runtime : clusterWord(again.name)],
      clusters: this.clusters({ ...context, ...(again && { again }) }),
      ...context,
    };
  }
}

/** Returns the mistakes in the names of clusters, of all parts. */
export async function placeMistakes(where: RunWhere): Promise<readonly Diagnostic[]> {
  const all = [where.steps, where.builds, where.deploys].filter((part) => part !== undefined);
  return (await Promise.all(all.map(async ({ clusters, on }) => await clusters.mistakes(on)))).flat();
}

function settingsOf({ kubeContext }: Where, choice: Extract<Choice, { readonly status: 'chosen' }>): PlaceSettings {
  const { runtime, cluster } = choice;
  return {
    runtime: runtime.kind,
    engine: runtime.engine,
    ...(kubeContext !== undefined && { kubeContext }),
    ...(cluster && { cluster }),
  };
}
