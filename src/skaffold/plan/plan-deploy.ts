import type { HookPlace } from '../../build/hooks/build-hooks.ts';
import { placeOf } from '../../diagnostics/source-text.ts';
import type { FieldRules } from '../../deploy/manifests/field-rules.ts';
import type { DeployRequest } from '../../engine/deploy-request.ts';
import { stepId, type StepId } from '../../model/ids.ts';
import type { PlannedStage, PlannedStep, StepSpec } from '../../model/plan.ts';
import type { DeployerKind, DeployStepSpec, PlannedImage, RenderStepSpec, StatusStepSpec } from './deploy-spec.ts';
import type { ConfigurationDeployment, ConfiguredStatusCheck } from './read-deployments.ts';

/** What stages of deploys depend on. */
export interface DeployPlan {
  readonly deployments: readonly ConfigurationDeployment[];
  readonly request: DeployRequest;
  readonly images: readonly PlannedImage[];
  readonly rules: FieldRules;
  readonly deployer: DeployerKind;
  readonly place: HookPlace;
}

/** Skaffold's own default (`statusCheckDeadlineSeconds`). */
const defaultDeadlineMs = 600_000;

/** Returns the stage that makes the manifests of all configurations. */
export function planRender({ deployments, request, images, rules }: DeployPlan, ordinal: number): PlannedStage {
  const spec: RenderStepSpec = {
    kind: 'render',
    sources: deployments.map(({ sources }) => sources),
    ...{ images, labels: request.labels, rules, allowEmpty: request.allowEmpty },
    ...(request.namespace !== undefined && { namespace: request.namespace }),
    ...(request.output !== undefined && { output: request.output, format: request.format ?? 'yaml' }),
  };
  return {
    ...{ ordinal, name: 'render', runsIf: 'success', onFailure: 'cancelSiblings', phase: 'render' },
    steps: [plannedStep(stepId(1, ordinal, 1), 'render', spec, deployments[0])],
  };
}

/**
 * Returns the stage with one step for each configuration. They follow each other in the order of the configurations, as in Skaffold:
 * the manifests of a module may need those of an earlier one. If one fails, the later ones are skipped. To remove, the order is the
 * other way round, and a failure stops nothing.
 */
export function planDeploy(plan: DeployPlan, ordinal: number): PlannedStage {
  const { deployments, request, deployer } = plan;
  const removes = request.action === 'delete';
  const ordered = removes ? [...deployments].reverse() : deployments;
  const steps: PlannedStep[] = [];
  for (const deployment of ordered) {
    const name = ordered.length === 1 ? deployer : `${deployer}/${deployment.sources.name}`;
    const previous = removes ? undefined : steps.at(-1)?.id;
    const id = stepId(1, ordinal, steps.length + 1);
    steps.push(plannedStep(id, name, deploySpec(deployment, plan), deployment, previous));
  }
  const isChecked = !removes && !request.iterativeStatusCheck;
  const checks = deployments
    .map(({ statusCheck }) => statusCheckOf(statusCheck, request))
    .filter((check) => check !== undefined);
  if (isChecked && checks.length > 0) {
    const statusCheck = {
      deadlineMs: Math.max(...checks.map(({ deadlineMs }) => deadlineMs)),
      tolerateFailures: checks.some(({ tolerateFailures }) => tolerateFailures),
    };
    const spec: StatusStepSpec = { kind: 'status', statusCheck };
    steps.push(plannedStep(stepId(1, ordinal, steps.length + 1), 'status', spec, undefined, steps.at(-1)?.id));
  }
  return {
    ...{ ordinal, name: request.action, runsIf: 'success', onFailure: 'continue', phase: 'deploy', jobs: 1 },
    steps,
  };
}

function deploySpec(
  { sources, defaultNamespace, hooks, statusCheck }: ConfigurationDeployment,
  { request, deployer, place }: DeployPlan,
): DeployStepSpec {
  const { action, force, allowEmpty } = request;
  const namespace = request.namespace ?? defaultNamespace;
  const check = action === 'deploy' && request.iterativeStatusCheck ? statusCheckOf(statusCheck, request) : undefined;
  return {
    kind: 'deploy',
    action: action === 'delete' ? 'delete' : 'deploy',
    ...{ deployer, configuration: sources.name, set: sources.name, force, allowEmpty, place },
    ...(namespace !== undefined && { namespace }),
    ...(check && { statusCheck: check }),
    ...(hooks && action === 'deploy' && { hooks }),
  };
}

/** Returns the check of a deployer; the command line decides, else the configuration. */
export function statusCheckOf(
  { enabled, deadlineMs = defaultDeadlineMs, tolerateFailures }: ConfiguredStatusCheck,
  request: Pick<DeployRequest, 'statusCheck' | 'tolerateFailures'>,
): DeployStepSpec['statusCheck'] {
  if (!(request.statusCheck ?? enabled)) return undefined;
  return { deadlineMs, tolerateFailures: request.tolerateFailures ?? tolerateFailures };
}

function plannedStep<Spec extends StepSpec>(
  id: StepId,
  name: string,
  spec: Spec,
  deployment: ConfigurationDeployment | undefined,
  previous?: StepId,
): PlannedStep {
  return {
    ...{ id, name, spec, artifacts: [], cache: [], needs: previous === undefined ? [] : [previous] },
    policy: { retries: 0, allowFailure: false },
    ...(deployment && { declaredAt: placeOf(deployment.at) }),
  };
}
