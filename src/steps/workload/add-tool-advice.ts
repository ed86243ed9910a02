import { failed, type Outcome } from '../../model/outcome.ts';
import type { ToolName } from '../../model/plan.ts';
import type { StepWorkload } from './step-workload.ts';

/** The program to install for each tool. */
const programs: Readonly<Record<ToolName, string>> = { kubectl: 'kubectl', helm: 'helm', nuget: 'dotnet' };

/**
 * Adds the tool to a failed start. The repository names neither the image nor the program of a tool.
 * @param onHost whether the step uses the tools of this machine
 */
export function addToolAdvice<T>(
  started: Outcome<T>,
  { tool, image }: Pick<StepWorkload, 'tool' | 'image'>,
  onHost: boolean,
): Outcome<T> {
  if (tool === undefined || started.status !== 'failed') return started;
  const { failure } = started;
  // Any other image is the helper's, set by `kubernetes.helperImage`.
  if (failure.code === 'image-unavailable' && failure.image === image) return failed({ ...failure, tool });
  if (failure.code !== 'start-failed' || !onHost) return started;
  return failed({
    code: 'start-failed',
    detail: `${failure.detail}; install ${programs[tool]} on this machine, or run the step in a container (--on docker)`,
  });
}
