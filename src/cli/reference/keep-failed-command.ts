import type { RunState, StepState } from '../../events/run-state.ts';
import { pastedWord } from '../text/pasted-word.ts';
import { slipwayFrom } from './from-here.ts';
import { whereFlags } from './on-flags.ts';
import { stepReference } from './step-reference.ts';

/**
 * Returns the command that runs a step again in the same way and keeps it if it fails, for `slipway shell`.
 * @param here the shell's working directory
 */
export function keepFailedCommand(state: RunState, step: StepState, here: string | undefined): string {
  const { environment, kubeContext } = state.settings ?? {};
  // Without these flags the step would run on the default runtime, and might not fail there.
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
