import { loaderOf, type ClusterLoader } from '../../deploy/load/cluster-loader.ts';

/** What decides whether images are loaded into the cluster of a deploy. */
export interface LoadFacts {
  /** `--load-images`. */
  readonly flag: boolean | undefined;
  /** The kube context of the deploy. Absent: it goes to an engine, or to a cluster without a context of the kubeconfig. */
  readonly kubeContext: string | undefined;
  /** `local-cluster` of the global configuration. */
  readonly localCluster?: boolean | undefined;
  /** `kind-disable-load` and `k3d-disable-load` of the global configuration. */
  readonly disabled: { readonly kind?: boolean; readonly k3d?: boolean };
  /** `MINIKUBE_ACTIVE_DOCKERD`, which `minikube docker-env` sets: the engine of this minikube builds, and has the images. */
  readonly activeMinikube?: string | undefined;
}

/**
 * Returns how images that are not pushed get into the cluster: what the command line says, else as Skaffold does for clusters of kind
 * and k3d that are on this machine. Images for minikube are loaded, too: Skaffold builds them with the engine inside of it.
 * @returns `undefined` if none are loaded; `impossible` if they should be, but no program loads images into this cluster
 */
export function loadDecision({
  flag,
  kubeContext,
  localCluster,
  disabled,
  activeMinikube,
}: LoadFacts): ClusterLoader | 'impossible' | undefined {
  if (flag === false) return undefined;
  const loader = kubeContext === undefined ? undefined : loaderOf(kubeContext);
  if (loader?.tool === 'minikube' && activeMinikube === loader.cluster) return undefined;
  if (flag === true) return loader ?? 'impossible';
  if (loader === undefined || localCluster === false || isDisabled(loader, disabled)) return undefined;
  return loader;
}

/** Reports whether the global configuration says that images of such a cluster come from a registry. */
export function isLoadDisabled(context: string, disabled: LoadFacts['disabled']): boolean {
  const loader = loaderOf(context);
  return loader !== undefined && isDisabled(loader, disabled);
}

function isDisabled({ tool }: ClusterLoader, disabled: LoadFacts['disabled']): boolean {
  return tool !== 'minikube' && disabled[tool] === true;
}
