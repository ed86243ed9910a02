import type { RunState } from '../../events/run-state.ts';
import { onFlags } from './on-flags.ts';

/** The command that removes what a run left where it ran. */
export function cleanCommand(state: RunState): string {
  return `slipway doctor --clean${onWords(state)}`;
}

/** The flags that lead to where a run was, with a space before them; empty where that is the default. */
export function onWords({ settings }: RunState): string {
  if (settings === undefined || settings.runtime === 'docker') return '';
  return ` ${settings.cluster === undefined ? `--on ${settings.runtime}` : onFlags(settings.cluster)}`;
}
