/**
 * In a file of its own, which is loaded where a kubeconfig is read: the library is large, and most runs are on no
 * cluster.
 */
import { parse } from 'yaml';

/** Throws where it is no YAML. */
export function parseKubeconfig(text: string): unknown {
  return parse(text);
}
