import { mergeKubeconfigs, pickContext } from './kubeconfig.ts';
import { kubeconfigFiles, readKubeconfigs, type KubeconfigPlaces } from './read-kubeconfig.ts';

/** The current context of the user's kubeconfig. */
export interface CurrentContext {
  /** Absent: there is no kubeconfig, it cannot be read, or no context is set. */
  readonly context?: string;
  readonly namespace?: string;
}

/** Returns the current context. Contacts no cluster. */
export async function currentContext(places: KubeconfigPlaces): Promise<CurrentContext> {
  const files = await readKubeconfigs(kubeconfigFiles(places));
  if (typeof files === 'string') return {};
  const kubeconfig = mergeKubeconfigs(files);
  if (kubeconfig.currentContext === undefined || kubeconfig.currentContext === '') return {};
  const picked = pickContext(kubeconfig, undefined);
  const namespace = typeof picked === 'string' ? undefined : picked.namespace;
  return { context: kubeconfig.currentContext, ...(namespace !== undefined && { namespace }) };
}
