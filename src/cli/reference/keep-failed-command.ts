import type { RunState, StepState } from '../../events/run-state.ts';
import { quoteForShell } from '../text/quote-for-shell.ts';
import { commandPrefix } from './command-prefix.ts';
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
    ...(environment === undefined ? [] : [`--environment ${quoteForShell(environment)}`]),
    ...(kubeContext === undefined || on.some((flag) => flag.includes('--kube-context'))
      ? []
      : [`--kube-context ${quoteForShell(kubeContext)}`]),
  ];
  return [
    commandPrefix(here, state.source?.directory),
    'run',
    ...flags,
    '--keep-failed',
    '--step',
    quoteForShell(stepReference(state, step)),
  ].join(' ');
}
