/** A file of its own, so that only runs with a kubeconfig load the large YAML library. */
import { parse } from 'yaml';

/** Throws if the text is not YAML. */
export function parseKubeconfig(text: string): unknown {
  return parse(text);
}
