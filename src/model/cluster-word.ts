/**
 * The values of `--on` for a cluster: `kubernetes`, and `kubernetes:NAME` for one in the operator's file
 * (docs/design/product.md, "Where things run").
 */

const kubernetes = 'kubernetes';
const named = `${kubernetes}:`;
/** The entry in the operator's file for `kubernetes` without a name. */
export const defaultCluster = 'default';

export function meansCluster(word: string): boolean {
  return word === kubernetes || word.startsWith(named);
}

/** Returns `undefined` if the word has no name. */
export function clusterNameIn(word: string): string | undefined {
  return word.startsWith(named) ? word.slice(named.length) : undefined;
}

/**
 * @param name the cluster in the operator's file; absent: the user's own kubeconfig
 */
export function clusterWord(name: string | undefined): string {
  return name === undefined || name === defaultCluster ? kubernetes : named + name;
}

/**
 * Returns the cluster's word if `on` has no alternative. Otherwise steps may run elsewhere, so they must not deploy
 * there or read its Secrets.
 */
export function onlyCluster(on: readonly string[]): string | undefined {
  const [word = '', ...others] = on;
  return others.length === 0 && meansCluster(word) ? word : undefined;
}
