import { failed, type Outcome } from '../../model/outcome.ts';
import type { ToolName } from '../../model/plan.ts';
import type { StepWorkload } from './step-workload.ts';

/** What has to be installed where the tools of this machine are used. */
const programs: Readonly<Record<ToolName, string>> = { kubectl: 'kubectl', helm: 'helm', nuget: 'dotnet' };

/**
 * Says of a tool that could not be had which one it is: the repository names neither its image nor its program.
 * @param onHost whether it is the one of this machine
 */
export function addToolAdvice<T>(
  started: Outcome<T>,
  { tool, image }: Pick<StepWorkload, 'tool' | 'image'>,
  onHost: boolean,
): Outcome<T> {
  if (tool === undefined || started.status !== 'failed') return started;
  const { failure } = started;
  // Another image is the helper's, of which `kubernetes.helperImage` has a say.
  if (failure.code === 'image-unavailable' && failure.image === image) return failed({ ...failure, tool });
  if (failure.code !== 'start-failed' || !onHost) return started;
  return failed({
    code: 'start-failed',
    detail: `${failure.detail}; install ${programs[tool]} on this machine, or let the step run in its image (--on docker)`,
  });
}
