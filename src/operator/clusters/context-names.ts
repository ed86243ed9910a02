/** Apart from its callers: completion alone asks, and the library that reads kubeconfigs is large. */
import { mergeKubeconfigs } from '../../clusters/access/kubeconfig.ts';
import { kubeconfigFiles, readKubeconfigs, type KubeconfigPlaces } from '../../clusters/access/read-kubeconfig.ts';

/** What `--kube-context` may name; none where a kubeconfig cannot be read. */
export async function contextNames(places: KubeconfigPlaces): Promise<readonly string[]> {
  const files = await readKubeconfigs(kubeconfigFiles(places));
  return typeof files === 'string' ? [] : [...mergeKubeconfigs(files).contexts.keys()];
}
