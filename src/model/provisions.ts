import type { ToolName } from './plan.ts';
import type { TarSource } from './tree.ts';

/** What the operator provides to the steps of one run. Every name was resolved before the first stage. */
export interface Provisions {
  /** Returns the keys and values of an operator's secret. */
  secret(name: string): ReadonlyMap<string, string> | undefined;
  /**
   * Returns the access to a cluster by its name in the operator's file. Without a name, returns the default:
   * `kubectl-config` if mapped, else the cluster of the command line. Returns `undefined` if neither is set.
   */
  cluster(name: string | undefined): Promise<ClusterAccess | undefined>;
  /** The operator's certificates as files of one folder. */
  readonly certificates: TarSource | undefined;
  /**
   * Returns the image of a tool, for runtimes with images.
   * @param version as in the step, without a leading `v`
   */
  image(tool: ToolName, version?: string): string;
}

/** For runs without an operator's file. */
export const noProvisions: Provisions = {
  secret: () => undefined,
  cluster: async () => await Promise.resolve(undefined),
  certificates: undefined,
  image: (tool) => tool,
};

export interface ClusterAccess {
  /** A self-contained kubeconfig: one context, with certificates and keys inline. */
  readonly kubeconfig: string;
  /** The kubeconfig for pods of that cluster, if steps run as such. */
  readonly kubeconfigInside?: string;
  /** For people: `cluster prod (context admin@prod of ~/.kube/config)`. */
  readonly described: string;
  /** The namespace of its context, if set. */
  readonly namespace?: string;
  /** The address of its API server. */
  readonly server: string;
  /** The texts in it that must be masked. */
  readonly secrets: readonly string[];
}
