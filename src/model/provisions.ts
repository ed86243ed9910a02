import type { ToolName } from './plan.ts';
import type { TarSource } from './tree.ts';

/**
 * What the operator gives to the steps of one run; everything that they write names of was found before the first
 * stage.
 */
export interface Provisions {
  /** Keys and values of one of the operator's secrets. */
  secret(name: string): ReadonlyMap<string, string> | undefined;
  /**
   * How a cluster is reached, by its name in the operator's file; without one the default: `kubectl-config` if it is
   * mapped, else the one that the command line names. `undefined`: nobody named any.
   */
  cluster(name: string | undefined): Promise<ClusterAccess | undefined>;
  /** The operator's certificates, as files of one folder. */
  readonly certificates: TarSource | undefined;
  /**
   * The image that a tool runs in, where steps run in images. @param version as the step asks for it, without a leading
   * `v`
   */
  image(tool: ToolName, version?: string): string;
}

/** Where nothing is mapped. */
export const noProvisions: Provisions = {
  secret: () => undefined,
  cluster: async () => await Promise.resolve(undefined),
  certificates: undefined,
  image: (tool) => tool,
};

export interface ClusterAccess {
  /** A kubeconfig that is complete in itself: one context, certificates and keys within. */
  readonly kubeconfig: string;
  /** The same as pods of that cluster need it, where steps run as such. */
  readonly kubeconfigInside?: string;
  /** For people: `cluster prod (context admin@prod of ~/.kube/config)`. */
  readonly described: string;
  /** The namespace of its context, where it has one. */
  readonly namespace?: string;
  /** The address of its API server. */
  readonly server: string;
  /** What of it has to be hidden. */
  readonly secrets: readonly string[];
}
