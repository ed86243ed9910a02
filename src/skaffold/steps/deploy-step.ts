import { clusterDeployer } from '../../deploy/cluster/cluster-deployer.ts';
import type { Deployed, Deployer, StatusCheck } from '../../deploy/deployer.ts';
import { localDeployer } from '../../deploy/local/local-deployer.ts';
import { localStatusCheck } from '../../deploy/local/local-status-check.ts';
import { clusterStatusCheck } from '../../deploy/status/cluster-status-check.ts';
import { deploymentsOf, type DeployedObject } from '../../model/artifact.ts';
import { stepOrdinals } from '../../model/ids.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { StepContext } from '../../steps/step-kind.ts';
import type { PlannedStepOf, StepResult, StepRunner, StepWork } from '../../steps/step-runner.ts';
import { untilStopped } from '../../steps/until-stopped.ts';
import type { DeployStepSpec, StatusCheckSpec, StatusStepSpec } from '../plan/deploy-spec.ts';
import { deployHooks } from './deploy-hooks.ts';
import type { ArtifactSurroundings } from './hooked-artifact.ts';
import { helmReleases } from './helm-releases.ts';
import { helmDeployer } from '../../deploy/helm/helm-deployer.ts';
import type { ManifestsChange, RunManifests } from './run-manifests.ts';
import { stepEnvironment } from './step-environment.ts';

type Step = PlannedStepOf<DeployStepSpec>;

/** Deploys the manifests of one configuration and waits until they are ready, or removes them. */
export function deployStep(
  context: StepContext,
  manifests: RunManifests,
  around: ArtifactSurroundings,
): StepRunner<DeployStepSpec> {
  return {
    run: async (step, work) =>
      await untilStopped(work, async (using) => {
        const { spec } = step;
        if (spec.deployedBy !== undefined && !context.resources.hasRun(spec.deployedBy)) {
          const message = 'nothing is removed, because the run deployed nothing';
          using.output.observe({ type: 'noted', level: 'info', message });
          return withoutObjects(succeeded(undefined));
        }
        const deployer = await deployerOf(step, context, manifests, around, using);
        if (deployer.status !== 'succeeded') return withoutObjects(deployer);
        const done: DeployedObject[] = [];
        const onDone = (object: DeployedObject) => void done.push(object);
        if (spec.action === 'delete')
          return resultOf(deployer.value, await deployer.value.remove(using, onDone), done, work);
        const hooked = { context, manifests, around };
        const before = await deployHooks(spec, 'before', [], hooked, using);
        if (before.status !== 'succeeded') return withoutObjects(before);
        const deployed = await deployer.value.deploy(using, onDone);
        const result = resultOf(deployer.value, deployed, done, work);
        if (deployed.status !== 'succeeded') return result;
        const ready = await waited(
          context,
          spec.statusCheck,
          { set: spec.set, objects: deployed.value.objects },
          using,
        );
        if (ready.status !== 'succeeded') return { ...result, outcome: ready };
        return { ...result, outcome: await deployHooks(spec, 'after', deployed.value.objects, hooked, using) };
      }),
  };
}

/** Waits until everything that the run deployed is ready. */
export function statusStep(context: StepContext): StepRunner<StatusStepSpec> {
  return {
    run: async ({ id, spec }, work) =>
      await untilStopped(work, async (using) => {
        const made = deploymentsOf(context.resources.results(stepOrdinals(id).iteration));
        const objects = made.flatMap((deployment) => deployment.objects);
        return withoutObjects(await waited(context, spec.statusCheck, { set: spec.set, objects }, using));
      }),
  };
}

function withoutObjects(outcome: Outcome<unknown>): StepResult {
  return { outcome: outcome.status === 'succeeded' ? succeeded(undefined) : outcome, artifacts: [] };
}

/** @param done what the deployer told before it failed */
function resultOf(
  { kind }: Deployer,
  deployed: Outcome<Deployed>,
  done: readonly DeployedObject[],
  { attemptStartedAt: beganAt }: StepWork,
): StepResult {
  const isDeployed = deployed.status === 'succeeded';
  if (!isDeployed && done.length === 0) return withoutObjects(deployed);
  const { objects, routes }: Deployed = isDeployed ? deployed.value : { objects: done };
  return {
    outcome: isDeployed ? succeeded(undefined) : deployed,
    artifacts: [{ kind: 'deployment', deployer: kind, beganAt, objects, ...(routes && { routes }) }],
  };
}

async function deployerOf(
  { spec }: Step,
  { deploys }: StepContext,
  manifests: RunManifests,
  around: ArtifactSurroundings,
  work: StepWork,
): Promise<Outcome<Deployer>> {
  const { cluster, deployments } = deploys;
  if (spec.deployer === 'docker' && deployments)
    return succeeded(
      localDeployer({
        ...{ engine: deployments, name: spec.set, manifests: async () => await manifests.of(undefined, work) },
        ...(spec.namespace !== undefined && { namespace: spec.namespace }),
        ...(spec.servesIngress && { servesIngress: true }),
      }),
    );
  if (cluster === undefined || spec.deployer === 'docker')
    return failed({
      code: 'unsupported',
      detail: `${deploys.engine} cannot be deployed to: use --on kubernetes or --on docker`,
    });
  const target = { client: cluster.client, namespace: spec.namespace ?? cluster.namespace };
  const { force, allowEmpty, helm, folder } = spec;
  if (helm === undefined)
    return succeeded(
      clusterDeployer({
        ...{ target, setName: spec.set, force, allowEmpty, clock: work.clock },
        manifests: async () => await manifests.of(spec.configuration, work),
      }),
    );
  const env = await stepEnvironment(spec.place, around, undefined);
  if (env.status !== 'succeeded') return env;
  const removes = spec.action === 'delete';
  const change = removes ? succeeded(nothing) : await manifests.change(work);
  if (change.status !== 'succeeded') return change;
  const { images, apply } = change.value;
  const releases = removes
    ? succeeded(helm.releases)
    : helmReleases(helm, { images, env: env.value, clock: work.clock });
  if (releases.status !== 'succeeded') return releases;
  return succeeded(
    helmDeployer({
      ...{ releases: releases.value, flags: helm.flags, target, images, allowEmpty, folder, env: env.value },
      ...{ setName: spec.set, force },
      change: (objects) => succeeded(apply(objects)),
    }),
  );
}

const nothing: ManifestsChange = { images: [], apply: (manifests) => manifests };

async function waited(
  { deploys }: StepContext,
  check: StatusCheckSpec | undefined,
  deploy: { readonly set: string; readonly objects: readonly DeployedObject[] },
  work: StepWork,
): Promise<Outcome> {
  const status = check && statusCheckOf(deploys, deploy.set, check);
  if (status === undefined) return succeeded(undefined);
  return await status.wait(
    deploy.objects.filter(({ change }) => change !== 'removed'),
    work,
  );
}

function statusCheckOf(
  { cluster, deployments, running }: StepContext['deploys'],
  name: string,
  { deadlineMs, tolerateFailures }: StatusCheckSpec,
): StatusCheck | undefined {
  if (cluster)
    return clusterStatusCheck({ target: cluster, deadlineMs, tolerateFailuresUntilDeadline: tolerateFailures });
  return (
    deployments && running && localStatusCheck({ engine: deployments, running, name, deadlineMs, tolerateFailures })
  );
}
