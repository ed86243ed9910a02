import { meansCluster, onlyCluster } from '../../model/cluster-word.ts';
import type { Checked, Diagnostic } from '../../model/diagnostic.ts';
import type { OwnCluster, OwnClusterSources } from './own-cluster.ts';
import { sentenceOf } from '../../diagnostics/sentence-of.ts';

/** The clusters that one run may use. Each is looked up once and shared by the runtime, the secrets and the steps. */
export class OwnClusters {
  readonly #found = new Map<string, Promise<Checked<OwnCluster>>>();
  readonly #sources: OwnClusterSources;

  constructor(sources: OwnClusterSources) {
    this.#sources = sources;
  }

  /** Returns the cluster of a word of `--on`, or diagnostics if it is unavailable. Contacts no cluster. */
  async of(word: string): Promise<Checked<OwnCluster>> {
    const found = this.#found.get(word) ?? this.#find(word);
    this.#found.set(word, found);
    return await found;
  }

  /** Returns the cluster of `on` if `on` has no alternative. @returns a sentence if it is unavailable */
  async sole(on: readonly string[]): Promise<OwnCluster | string | undefined> {
    const word = onlyCluster(on);
    return word === undefined ? undefined : ownClusterOr(await this.of(word));
  }

  /**
   * Checks the clusters of `on`, as far as files of this machine allow. If `on` has alternatives, reports only unknown
   * names: without a kubeconfig, another runtime is used.
   */
  async mistakes(on: readonly string[]): Promise<readonly Diagnostic[]> {
    const words = on.filter(meansCluster);
    const found = await Promise.all(words.map(async (word) => (await this.of(word)).diagnostics));
    return onlyCluster(on) === undefined ? found.flat().filter(({ code }) => wrongNames.has(code)) : found.flat();
  }

  async #find(word: string): Promise<Checked<OwnCluster>> {
    const { findOwnCluster } = await import('./find-own-cluster.ts');
    return await findOwnCluster(word, this.#sources);
  }
}

const wrongNames: ReadonlySet<string> = new Set(['W080', 'W081']);

/** Returns the cluster, or a sentence if it is unavailable. */
export function ownClusterOr({ value, diagnostics }: Checked<OwnCluster>): OwnCluster | string {
  return value ?? sentenceOf(diagnostics);
}
