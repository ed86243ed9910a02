/** Which context of which kubeconfig `--on kubernetes` means (product.md, "Where things run"), as a decision without I/O. */
import type { OperatorFile } from '../config/operator/operator-file.ts';
import type { RunCluster } from '../events/event.ts';
import { clusterNameIn, defaultCluster } from '../model/cluster-word.ts';

export interface OwnClusterRequest {
  /** Of `--on`: `kubernetes` or `kubernetes:NAME`. */
  readonly word: string;
  readonly clusters: OperatorFile['clusters'];
  /** `--kube-context`. */
  readonly kubeContext?: string | undefined;
  /** Where the run was before: the very same place is meant, whatever is the current one by now. */
  readonly again?: RunCluster | undefined;
}

/** Where to look. */
export type OwnClusterChoice =
  | {
      readonly from: 'kubeconfig';
      /** Of the operator's file. */
      readonly name?: string;
      /** Absent: what `kubectl` would read. */
      readonly kubeconfig?: string;
      /** Absent: the current one. */
      readonly context?: string;
      readonly namespace?: string;
      /** Whether nobody has named anything: the account of the pod that Slipway runs in will do where there is no kubeconfig. */
      readonly anything: boolean;
    }
  | { readonly from: 'account'; readonly namespace: string };

/** @returns a sentence where the name means nothing */
export function chooseOwnCluster({ word, clusters, kubeContext, again }: OwnClusterRequest): OwnClusterChoice | string {
  if (again !== undefined && again.name === undefined && again.context === undefined) return { from: 'account', namespace: again.namespace };
  const wanted = again === undefined ? nameOf(word, kubeContext, clusters) : again.name;
  const entry = wanted === undefined ? undefined : clusters.get(wanted);
  if (wanted !== undefined && entry === undefined) return `the operator's file maps no cluster "${wanted}"${clusters.size === 0 ? '' : `; there are ${[...clusters.keys()].map((name) => `"${name}"`).join(', ')}`}`;
  const context = again?.context ?? (wanted === undefined ? kubeContext : entry?.context);
  const namespace = again?.namespace ?? entry?.namespace;
  return {
    from: 'kubeconfig',
    ...(wanted !== undefined && { name: wanted }),
    ...(entry?.kubeconfig !== undefined && { kubeconfig: entry.kubeconfig }),
    ...(context !== undefined && { context }),
    ...(namespace !== undefined && { namespace }),
    anything: wanted === undefined && context === undefined,
  };
}

function nameOf(word: string, kubeContext: string | undefined, clusters: OperatorFile['clusters']): string | undefined {
  return clusterNameIn(word) ?? (kubeContext === undefined && clusters.has(defaultCluster) ? defaultCluster : undefined);
}
