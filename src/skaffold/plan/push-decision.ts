/** What decides whether the images of a configuration are pushed. */
export interface PushFacts {
  /** `--push`. */
  readonly flag: boolean | undefined;
  /** `build.local.push`. */
  readonly configured: boolean | undefined;
  /** Whether the images are for a cluster: the kube context of the build, if there is one. */
  readonly kubeContext: string | undefined;
  /** `local-cluster` of the global configuration. */
  readonly localCluster?: boolean | undefined;
  /** `--load-images`: images are loaded instead, whatever the configuration says. */
  readonly load?: boolean | undefined;
  /** Whether the global configuration says that images of this local cluster are not loaded. */
  readonly loadDisabled?: boolean;
}

/**
 * Reports whether images are pushed: what the command line says, else the configuration, else whether the current kube context
 * is one of another machine, or one whose images are not loaded. Without a kube context nothing is pushed, because nothing could pull the images.
 */
export function pushes({ flag, configured, kubeContext, localCluster, load, loadDisabled }: PushFacts): boolean {
  if (flag === undefined && load === true) return false;
  if (flag !== undefined || configured !== undefined) return flag ?? configured ?? false;
  return kubeContext !== undefined && (loadDisabled === true || !(localCluster ?? isLocalCluster(kubeContext)));
}

/** Reports whether a context has the name of a cluster on this machine, whose engine can be given images directly. */
export function isLocalCluster(context: string): boolean {
  return /^(?:minikube|docker-desktop|docker-for-desktop|orbstack|colima|rancher-desktop|kind-.+|k3d-.+)$/.test(
    context,
  );
}
