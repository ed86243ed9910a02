/**
 * Decides without I/O which kubeconfig and context `--on kubernetes` means (docs/design/product.md, "Where things
 * run").
 */
import type { RunCluster } from '../../model/run-cluster.ts';
import type { OperatorFile } from '../file/operator-file.ts';
import { problem } from '../problem.ts';
import type { Span } from '../../diagnostics/source-text.ts';
import { clusterNameIn, defaultCluster } from '../../model/cluster-word.ts';
import type { Checked } from '../../model/diagnostic.ts';

export interface OwnClusterRequest {
  /** The value of `--on`: `kubernetes` or `kubernetes:NAME`. */
  readonly word: string;
  readonly operator: Pick<OperatorFile, 'clusters' | 'files'>;
  /** `--kube-context`. */
  readonly kubeContext?: string | undefined;
  /** The run's earlier cluster. A resumed run uses the same one, even if the current context has changed. */
  readonly again?: RunCluster | undefined;
}

/** Where to look for the cluster. */
export type OwnClusterChoice =
  | {
      readonly from: 'kubeconfig';
      /** The name in the operator's file. */
      readonly name?: string;
      /** Absent: the kubeconfig that `kubectl` would read. */
      readonly kubeconfig?: string;
      /** Absent: the current context. */
      readonly context?: string;
      readonly namespace?: string;
      /** The position in the operator's file. */
      readonly at?: Span;
      /** Whether nothing is named. Then, without a kubeconfig, the service account of Slipway's own pod is used. */
      readonly anything: boolean;
    }
  | { readonly from: 'account'; readonly namespace: string };

/** Without a `value`, the name is unknown. */
export function chooseOwnCluster({
  word,
  operator: { clusters, files },
  kubeContext,
  again,
}: OwnClusterRequest): Checked<OwnClusterChoice> {
  if (again !== undefined && again.name === undefined && again.context === undefined)
    return chosen({ from: 'account', namespace: again.namespace });
  const name = again === undefined ? nameOf(word, kubeContext, clusters) : again.name;
  const entry = name === undefined ? undefined : clusters.get(name);
  if (name !== undefined && entry === undefined)
    return { diagnostics: [problem('W081', undefined, { word, name, known: [...clusters.keys()], files })] };
  const context = again?.context ?? (name === undefined ? kubeContext : entry?.context);
  const namespace = again?.namespace ?? entry?.namespace;
  return chosen({
    from: 'kubeconfig',
    ...(name !== undefined && { name }),
    ...(entry?.kubeconfig !== undefined && { kubeconfig: entry.kubeconfig }),
    ...(context !== undefined && { context }),
    ...(namespace !== undefined && { namespace }),
    ...(entry !== undefined && { at: entry.at }),
    anything: name === undefined && context === undefined,
  });
}

function chosen(value: OwnClusterChoice): Checked<OwnClusterChoice> {
  return { value, diagnostics: [] };
}

function nameOf(word: string, kubeContext: string | undefined, clusters: OperatorFile['clusters']): string | undefined {
  return (
    clusterNameIn(word) ?? (kubeContext === undefined && clusters.has(defaultCluster) ? defaultCluster : undefined)
  );
}
