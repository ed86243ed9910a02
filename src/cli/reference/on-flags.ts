import type { RunCluster } from '../../model/run-cluster.ts';
import type { RunState } from '../../events/run-state.ts';
import { clusterWord } from '../../model/cluster-word.ts';
import { quoteForShell } from '../text/quote-for-shell.ts';

/** Returns the flags that select a run's cluster, independent of the current context. */
export function onFlags({ name, context }: RunCluster): string {
  const own = name === undefined && context !== undefined ? ` --kube-context ${quoteForShell(context)}` : '';
  return `--on ${quoteForShell(clusterWord(name))}${own}`;
}

/** Returns the flags that select a run's runtime. Returns [] if it is the default. */
export function whereFlags({ settings }: RunState): readonly string[] {
  if (settings === undefined || settings.runtime === 'docker') return [];
  return [settings.cluster === undefined ? `--on ${settings.runtime}` : onFlags(settings.cluster)];
}
