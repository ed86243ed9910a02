/** What decides the variables of hooks around deploys. */
export interface DeployHookFacts {
  /** The run of Slipway. Absent for renders, which deploy nothing. */
  readonly run?: string;
  /** The cluster of the deploy. Absent on engines. */
  readonly cluster?: {
    /** The context of the kubeconfig. Absent: Slipway runs in a pod of the cluster. */
    readonly context?: string;
    /** Where objects are or will be. */
    readonly namespaces: readonly string[];
  };
}

/**
 * Returns the variables that hooks of deploys and renders have besides those of every hook (skaffold.dev, "Lifecycle Hooks"). The
 * namespaces are sorted. Variables without a value are missing.
 */
export function deployHookVariables({ run, cluster }: DeployHookFacts): Readonly<Record<string, string>> {
  const namespaces = [...new Set(cluster?.namespaces)].sort();
  return {
    ...(run !== undefined && { SKAFFOLD_RUN_ID: run }),
    ...(cluster?.context !== undefined && { SKAFFOLD_KUBE_CONTEXT: cluster.context }),
    ...(namespaces.length > 0 && { SKAFFOLD_NAMESPACES: namespaces.join(',') }),
  };
}
