import { forwardPorts } from '../../deploy/forward/forward-ports.ts';
import { forwardLocally } from '../../deploy/forward/local-forwards.ts';
import { serveIngress } from '../../deploy/ingress/serve-ingress.ts';
import { clusterDeploy } from '../../deploy/logs/cluster-deploy.ts';
import { followLogs } from '../../deploy/logs/follow-logs.ts';
import type { FollowedDeploy } from '../../deploy/logs/followed-deploy.ts';
import { localDeploy } from '../../deploy/logs/local-deploy.ts';
import { deploymentsOf, type DeploymentArtifact } from '../../model/artifact.ts';
import { stepOrdinals } from '../../model/ids.ts';
import { succeeded, type Outcome } from '../../model/outcome.ts';
import { parseImageReference } from '../../registry/image-reference.ts';
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
      const outcome = await followUntilStopped(
        work,
        async (until) =>
          await together(until, [
            ...(spec.logs ? [async (part: StepWork) => await logsOf(context, spec.set, made, part)] : []),
            ...(spec.forwards ? [async (part: StepWork) => await portsOf(context, spec, made, part)] : []),
            ...(spec.forwards ? [async (part: StepWork) => await ingressOf(context, spec.set, made, part)] : []),
          ]),
      );
      return { outcome, artifacts: [] };
    },
  };
}

/** Unlike other work, following succeeds when it is stopped. */
async function followUntilStopped(work: StepWork, follow: (work: StepWork) => Promise<Outcome>): Promise<Outcome> {
  const stops = [work.signal, work.atOnce, ...(work.unstored ? [work.unstored] : [])];
  const until = { ...work, signal: AbortSignal.any(stops) };
  const outcome = until.signal.aborted ? succeeded(undefined) : await follow(until);
  return work.signal.reason instanceof TimedOut ? endedBy(work.signal) : outcome;
}

/**
 * Runs the parts until the first one fails, and returns its failure. Returns and throws only when all have ended: nothing
 * goes on after that.
 */
export async function together(
  work: StepWork,
  parts: readonly ((work: StepWork) => Promise<Outcome>)[],
): Promise<Outcome> {
  const ending = new AbortController();
  const until = { ...work, signal: AbortSignal.any([work.signal, ending.signal]) };
  const running = parts.map(async (part) => {
    const outcome = await part(until);
    if (outcome.status !== 'succeeded') ending.abort();
    return outcome;
  });
  try {
    const outcomes = await Promise.all(running);
    return outcomes.find(({ status }) => status === 'failed') ?? succeeded(undefined);
  } finally {
    ending.abort();
    await Promise.allSettled(running);
  }
}

async function portsOf(
  { deploys: { cluster, running, deployments } }: StepContext,
  { set, forwards }: FollowStepSpec,
  made: readonly DeploymentArtifact[],
  work: StepWork,
): Promise<Outcome> {
  if (forwards === undefined) return succeeded(undefined);
  const { classes, ports, images } = forwards;
  const services = classes.includes('services');
  if (cluster === undefined) {
    if (deployments === undefined || running === undefined) return succeeded(undefined);
    return await forwardLocally({ engine: deployments, running, set, ports, services }, work);
  }
  const pods = classes.includes('pods') ? 'all' : classes.includes('debug') ? 'debug' : 'none';
  const own = new Set(images.map(repositoryOf));
  return await forwardPorts(
    {
      ...{ target: cluster, objects: made.flatMap(({ objects }) => objects), ports },
      classes: { services, pods, isOwnImage: (image) => own.size === 0 || own.has(repositoryOf(image)) },
    },
    work,
  );
}

/** A deploy that serves its Ingress objects has recorded their routes. */
async function ingressOf(
  { deploys: { running, deployments: engine } }: StepContext,
  set: string,
  made: readonly DeploymentArtifact[],
  work: StepWork,
): Promise<Outcome> {
  const routes = made.findLast((deployment) => deployment.routes)?.routes;
  if (routes === undefined || engine === undefined || running === undefined) return succeeded(undefined);
  return await serveIngress({ engine, running, set }, routes, work);
}

function repositoryOf(image: string): string {
  const { registry, repository } = parseImageReference(image);
  return `${registry}/${repository}`;
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
