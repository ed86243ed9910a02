import { meansCluster, onlyCluster } from '../../model/cluster-word.ts';
import type { Checked, Diagnostic } from '../../model/diagnostic.ts';
import type { OwnCluster, OwnClusterSources } from './own-cluster.ts';
import { sentenceOf } from '../../diagnostics/sentence-of.ts';

/**
 * The clusters that one run may be on, each looked for once: its runtime, its secrets and its steps have it from here.
 */
export class OwnClusters {
  readonly #found = new Map<string, Promise<Checked<OwnCluster>>>();

  constructor(private readonly sources: OwnClusterSources) {}

  /** The one that a word of `--on` means; no cluster is asked. Without a value it cannot be had. */
  async of(word: string): Promise<Checked<OwnCluster>> {
    const found = this.#found.get(word) ?? this.#find(word);
    this.#found.set(word, found);
    return await found;
  }

  /** The one that `on` names, if it leaves no choice. @returns a sentence where it cannot be had */
  async sole(on: readonly string[]): Promise<OwnCluster | string | undefined> {
    const word = onlyCluster(on);
    return word === undefined ? undefined : ownClusterOr(await this.of(word));
  }

  /**
   * What is wrong with the clusters of `on`, as far as files of this machine tell. Where it leaves a choice that is a
   * name which nobody knows, and nothing else: that there is no kubeconfig only means that this one is not there.
   */
  async mistakes(on: readonly string[]): Promise<readonly Diagnostic[]> {
    const words = on.filter(meansCluster);
    const found = await Promise.all(words.map(async (word) => (await this.of(word)).diagnostics));
    return onlyCluster(on) === undefined ? found.flat().filter(({ code }) => wrongNames.has(code)) : found.flat();
  }

  async #find(word: string): Promise<Checked<OwnCluster>> {
    const { findOwnCluster } = await import('./find-own-cluster.ts');
    return await findOwnCluster(word, this.sources);
  }
}

const wrongNames: ReadonlySet<string> = new Set(['W080', 'W081']);

/** The cluster, or why it cannot be had as a sentence. */
export function ownClusterOr({ value, diagnostics }: Checked<OwnCluster>): OwnCluster | string {
  return value ?? sentenceOf(diagnostics);
}
