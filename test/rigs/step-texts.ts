import { stepTextOf as textOf } from '../../src/runs/step-text-of.ts';
import type { RunState, StepState } from '../../src/events/run-state.ts';
import type { StepText } from '../../src/words/step-text.ts';
import { wharfFrontEnd } from '../../src/wharf/front-end.ts';

const frontEnd = wharfFrontEnd({
  env: {},
  platform: 'linux',
  home: '/',
  operator: async () => await Promise.resolve({ diagnostics: [] }),
});

/** What steps of `.wharf-ci.yml` do, in words. */
export function stepTextOf(state: RunState, step: StepState): StepText {
  return textOf(frontEnd, state, step);
}
