import type { RunCluster } from '../../model/run-cluster.ts';
import type { RunId } from '../../model/ids.ts';
import type { Pruned, Retention } from '../../store/store.ts';
import type { LookedAt } from '../inspection.ts';

/** Removes what runs left behind, and old runs. */
export interface Cleanup {
  /** Returns the leftovers of runs whose owners died, on every runtime that answers. */
  leftovers(where: LookedAt & LeftBy, signal: AbortSignal): Promise<Leftovers>;
  prune(policy: Retention): Promise<PrunedAll>;
}

/** Selects leftovers by run. */
export interface LeftBy {
  /**
   * Only leftovers of this run, including kept workloads. The store may not know the run. Without `on`, the runtime of
   * the run is searched. Absent: leftovers of all runs, without kept workloads.
   */
  readonly run?: RunId;
}

export interface Leftovers extends AsyncDisposable {
  readonly items: readonly Leftover[];
  /** Interrupted runs on clusters that were not searched, because no option named them. */
  readonly elsewhere: readonly {
    readonly run: RunId;
    readonly number: number;
    readonly project: string;
    readonly cluster: RunCluster;
  }[];
  /** Named runtimes and clusters that could not be searched. */
  readonly unanswered: readonly { readonly where: string; readonly reason: string }[];
  /**
   * Removes the wanted leftovers with `removable`, and cancels their interrupted runs. Returns the failed removals.
   * @param report called for each removed leftover
   */
  clean(
    report: (item: Leftover) => void,
    wanted?: (item: Leftover) => boolean,
  ): Promise<readonly { readonly item: Leftover; readonly reason: string }[]>;
}

export interface Leftover {
  readonly kind: 'container' | 'process' | 'pod';
  readonly name: string;
  readonly run?: RunId;
  /** Absent if the store does not know the run. */
  readonly number?: number;
  readonly project?: string;
  /** The run has not finished and has no owner. It can be resumed until its leftovers are removed. */
  readonly interrupted: boolean;
  readonly removable: boolean;
  /** Why the leftover exists: its owner is alive, it was kept for `shell`, or another store made it. */
  readonly reason: string;
}

export interface PrunedAll extends Omit<Pruned, 'countedFrom'> {
  readonly caches: { readonly removed: number; readonly bytes: number };
  /**
   * Kept workloads (`--keep-failed`) of removed runs, on runtimes that prune does not contact: clusters, and engines
   * that do not answer.
   */
  readonly staying: readonly RemainingWorkload[];
}

/** A workload that remains after the log of its run was removed. */
export interface RemainingWorkload {
  readonly run: RunId;
  readonly number: number;
  readonly project: string;
  readonly name: string;
  /** The runtime as in `--on`. */
  readonly runtime: string;
  /** Present if the workload is on a cluster. */
  readonly cluster?: RunCluster;
}
