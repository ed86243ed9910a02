import { visible } from '../../util/visible.ts';
import type { StepState } from '../../events/run-state.ts';
import { formatSpan } from '../../words/duration.ts';
import { stepPath } from './run-view.ts';
import { waitingReason } from './waiting-reason.ts';

/** Further steps are only counted. */
const mostSteps = 5;

/** Describes a quiet run: one line for the running steps, and one for each waiting step with what it waits for. */
export function stillRunning(steps: Iterable<StepState>, now: number): readonly string[] {
  const all = [...steps].filter(({ status }) => status === 'inProgress');
  const waiting = all.filter((step) => waitingReason(step) !== undefined);
  const running = all.filter((step) => waitingReason(step) === undefined);
  const since = (step: StepState) => `${stepPath(step)} ${formatSpan(step.startedAt, now)}`;
  const rest = (list: readonly StepState[]) => (list.length > mostSteps ? ` and ${list.length - mostSteps} more` : '');
  return [
    ...(running.length === 0
      ? []
      : [`still running: ${running.slice(0, mostSteps).map(since).join(', ')}${rest(running)}`]),
    ...waiting
      .slice(0, mostSteps)
      .map(
        (step, i, shown) =>
          `not running yet: ${since(step)}: ${visible(waitingReason(step) ?? '')}${i === shown.length - 1 ? rest(waiting) : ''}`,
      ),
  ];
}
