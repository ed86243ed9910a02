/** A module of its own: only completion needs it, and the library that reads kubeconfigs is large. */
import { mergeKubeconfigs } from '../../clusters/access/kubeconfig.ts';
import { kubeconfigFiles, readKubeconfigs, type KubeconfigPlaces } from '../../clusters/access/read-kubeconfig.ts';

/** Returns the valid values of `--kube-context`, or [] if a kubeconfig is unreadable. */
export async function contextNames(places: KubeconfigPlaces): Promise<readonly string[]> {
  const files = await readKubeconfigs(kubeconfigFiles(places));
  return typeof files === 'string' ? [] : [...mergeKubeconfigs(files).contexts.keys()];
}
