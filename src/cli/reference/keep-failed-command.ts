import type { RunState, StepState } from '../../events/run-state.ts';
import { pastedWord } from '../text/pasted-word.ts';
import { slipwayFrom } from './from-here.ts';
import { whereFlags } from './on-flags.ts';
import { stepReference } from './step-reference.ts';

/**
 * Runs a step again as it ran, and keeps it if it fails, for `slipway shell`.
 * @param here the folder in which the shell stands
 */
export function keepFailedCommand(state: RunState, step: StepState, here: string | undefined): string {
  const { environment, kubeContext } = state.settings ?? {};
  // Without them the step would run where the default says, and might not fail there.
  const on = whereFlags(state);
  const flags = [
    ...on,
    ...(environment === undefined ? [] : [`--environment ${pastedWord(environment)}`]),
    ...(kubeContext === undefined || on.some((flag) => flag.includes('--kube-context'))
      ? []
      : [`--kube-context ${pastedWord(kubeContext)}`]),
  ];
  return [
    slipwayFrom(here, state.source?.directory),
    'run',
    ...flags,
    '--keep-failed',
    '--step',
    pastedWord(stepReference(state, step)),
  ].join(' ');
}
