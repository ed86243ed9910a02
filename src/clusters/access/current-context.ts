import { mergeKubeconfigs, textAt } from './kubeconfig.ts';
import { kubeconfigFiles, readKubeconfigs, type KubeconfigPlaces } from './read-kubeconfig.ts';

/** A context of the user's kubeconfig. */
export interface CurrentContext {
  /** Absent: there is no kubeconfig, it cannot be read, or no context is set. */
  readonly context?: string;
  readonly namespace?: string;
  /** The names of all contexts. */
  readonly known: readonly string[];
}

/**
 * Returns the current context. Contacts no cluster.
 * @param wanted the name of a context that is used instead, which may be missing in the kubeconfig
 */
export async function currentContext(places: KubeconfigPlaces, wanted?: string): Promise<CurrentContext> {
  const files = await readKubeconfigs(kubeconfigFiles(places));
  const kubeconfig = mergeKubeconfigs(typeof files === 'string' ? [] : files);
  const context = wanted ?? kubeconfig.currentContext;
  const known = [...kubeconfig.contexts.keys()];
  if (context === undefined || context === '') return { known };
  const namespace = textAt(kubeconfig.contexts.get(context)?.fields ?? {}, 'namespace');
  return { context, known, ...(namespace !== undefined && { namespace }) };
}
