import type { RunCluster } from '../../events/event.ts';
import { clusterWord } from '../../model/cluster-word.ts';
import { shellWord } from '../../util/shell-word.ts';

/** The flags that lead to a run's cluster, whatever is the current context by then. */
export function onFlags({ name, context }: RunCluster): string {
  const own = name === undefined && context !== undefined ? ` --kube-context ${shellWord(context)}` : '';
  return `--on ${shellWord(clusterWord(name))}${own}`;
}
