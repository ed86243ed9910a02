/** Apart from its callers: completion alone asks, and the library that reads kubeconfigs is large. */
import { mergeKubeconfigs } from '../runtime/kubernetes/access/kubeconfig.ts';
import {
  kubeconfigFiles,
  readKubeconfigs,
  type KubeconfigPlaces,
} from '../runtime/kubernetes/access/read-kubeconfig.ts';

/** What `--kube-context` may name; none where a kubeconfig cannot be read. */
export async function contextNames(places: KubeconfigPlaces): Promise<readonly string[]> {
  const files = await readKubeconfigs(kubeconfigFiles(places));
  return typeof files === 'string' ? [] : [...mergeKubeconfigs(files).contexts.keys()];
}
