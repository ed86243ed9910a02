import type { RunState } from '../../events/run-state.ts';
import { whereFlags } from './on-flags.ts';

/** Returns the command that removes what a run left on its runtime. */
export function cleanCommand(state: RunState): string {
  return ['slipway doctor --clean', ...whereFlags(state)].join(' ');
}
