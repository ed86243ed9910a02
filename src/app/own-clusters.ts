import { onlyCluster } from '../model/cluster-word.ts';
import type { OwnCluster, OwnClusterSources } from './own-cluster.ts';

/** The clusters that one run may be on, each looked for once: its runtime, its secrets and its steps have it from here. */
export class OwnClusters {
  readonly #found = new Map<string, Promise<OwnCluster | string>>();

  constructor(private readonly sources: OwnClusterSources) {}

  /** The one that a word of `--on` means. @returns a sentence where it cannot be had */
  async of(word: string): Promise<OwnCluster | string> {
    const found = this.#found.get(word) ?? this.#find(word);
    this.#found.set(word, found);
    return await found;
  }

  /** The one that `on` names, if it leaves no choice. */
  async sole(on: readonly string[]): Promise<OwnCluster | string | undefined> {
    const word = onlyCluster(on);
    return word === undefined ? undefined : await this.of(word);
  }

  async #find(word: string): Promise<OwnCluster | string> {
    const { findOwnCluster } = await import('./find-own-cluster.ts');
    return await findOwnCluster(word, this.sources);
  }
}
