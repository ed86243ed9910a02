import { clusterDeploy } from '../../deploy/logs/cluster-deploy.ts';
import { followLogs } from '../../deploy/logs/follow-logs.ts';
import type { FollowedDeploy } from '../../deploy/logs/followed-deploy.ts';
import { localDeploy } from '../../deploy/logs/local-deploy.ts';
import { deploymentsOf, type DeploymentArtifact } from '../../model/artifact.ts';
import { stepOrdinals } from '../../model/ids.ts';
import { succeeded, type Outcome } from '../../model/outcome.ts';
import type { StepContext } from '../../steps/step-kind.ts';
import { endedBy, TimedOut, type StepRunner, type StepWork } from '../../steps/step-runner.ts';
import type { FollowStepSpec } from '../plan/deploy-spec.ts';

/**
 * Follows what the run deployed until the user stops it. That is success: the deploy is done, and stays. A part that
 * fails ends the others.
 */
export function followStep(context: StepContext): StepRunner<FollowStepSpec> {
  return {
    async run({ id, spec }, work) {
      const made = deploymentsOf(context.resources.results(stepOrdinals(id).iteration));
      const outcome = await untilStopped(work, async (until) =>
        spec.logs === undefined ? succeeded(undefined) : await logsOf(context, spec.set, made, until),
      );
      return { outcome, artifacts: [] };
    },
  };
}

async function untilStopped(work: StepWork, follow: (work: StepWork) => Promise<Outcome>): Promise<Outcome> {
  const stops = [work.signal, work.atOnce, ...(work.unstored ? [work.unstored] : [])];
  const until = { ...work, signal: AbortSignal.any(stops) };
  const outcome = until.signal.aborted ? succeeded(undefined) : await follow(until);
  return work.signal.reason instanceof TimedOut ? endedBy(work.signal) : outcome;
}

async function logsOf(
  context: StepContext,
  set: string,
  made: readonly DeploymentArtifact[],
  work: StepWork,
): Promise<Outcome> {
  const deploy = deployOf(context, set, made, work);
  return deploy === undefined ? succeeded(undefined) : await followLogs(deploy, work);
}

function deployOf(
  { deploys: { cluster, running } }: StepContext,
  set: string,
  made: readonly DeploymentArtifact[],
  work: StepWork,
): FollowedDeploy | undefined {
  if (running === undefined) return undefined;
  const begins = made.flatMap(({ beganAt }) => beganAt ?? []);
  const began = begins.length > 0 && { beganAt: Math.min(...begins) };
  if (cluster === undefined) return localDeploy({ running, set, ...began });
  const objects = made.flatMap((deployment) => deployment.objects);
  return clusterDeploy({ target: cluster, running, objects, ...began }, work);
}
