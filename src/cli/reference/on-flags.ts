import type { RunCluster } from '../../model/run-cluster.ts';
import type { RunState } from '../../events/run-state.ts';
import { clusterWord } from '../../model/cluster-word.ts';
import { pastedWord } from '../text/pasted-word.ts';

/** The flags that lead to a run's cluster, whatever is the current context by then. */
export function onFlags({ name, context }: RunCluster): string {
  const own = name === undefined && context !== undefined ? ` --kube-context ${pastedWord(context)}` : '';
  return `--on ${pastedWord(clusterWord(name))}${own}`;
}

/** The flags that lead to where a run was; none where the default leads there. */
export function whereFlags({ settings }: RunState): readonly string[] {
  if (settings === undefined || settings.runtime === 'docker') return [];
  return [settings.cluster === undefined ? `--on ${settings.runtime}` : onFlags(settings.cluster)];
}
