import type { RunState } from '../../events/run-state.ts';
import { whereFlags } from './on-flags.ts';

/** The command that removes what a run left where it ran. */
export function cleanCommand(state: RunState): string {
  return ['slipway doctor --clean', ...whereFlags(state)].join(' ');
}
