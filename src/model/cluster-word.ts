/**
 * The words of `--on` that are about a cluster: `kubernetes`, and `kubernetes:NAME` for one of the operator's file
 * (docs/design/product.md, "Where things run").
 */

const kubernetes = 'kubernetes';
const named = `${kubernetes}:`;
/** The operator's entry for the word without a name. */
export const defaultCluster = 'default';

export function meansCluster(word: string): boolean {
  return word === kubernetes || word.startsWith(named);
}

/** `undefined` where the word has none. */
export function clusterNameIn(word: string): string | undefined {
  return word.startsWith(named) ? word.slice(named.length) : undefined;
}

/** @param name of the operator's file; absent: of the user's own kubeconfig */
export function clusterWord(name: string | undefined): string {
  return name === undefined || name === defaultCluster ? kubernetes : named + name;
}

/**
 * The word of `on`, if it is about a cluster and leaves no choice: as long as steps may as well run elsewhere, nobody
 * has said that they deploy there, nor that they read its Secrets.
 */
export function onlyCluster(on: readonly string[]): string | undefined {
  const [word = '', ...others] = on;
  return others.length === 0 && meansCluster(word) ? word : undefined;
}
