import type { HookPlace } from '../../build/hooks/build-hooks.ts';
import { placeOf } from '../../diagnostics/source-text.ts';
import type { ForwardedPort } from '../../deploy/forward/forwarded-port.ts';
import type { FieldRules } from '../../deploy/manifests/field-rules.ts';
import type { DeployRequest } from '../../engine/deploy-request.ts';
import { stepId, type StepId } from '../../model/ids.ts';
import type { LinePrefix, PlannedStage, PlannedStep, StepSpec } from '../../model/plan.ts';
import type {
  DeployerKind,
  DeployHooks,
  ManifestSources,
  DeployStepSpec,
  FollowStepSpec,
  PlannedImage,
  RenderStepSpec,
  StatusStepSpec,
} from './deploy-spec.ts';
import { hasSources, type ConfigurationDeployment, type ConfiguredStatusCheck } from './read-deployments.ts';

/** What stages of deploys depend on. */
export interface DeployPlan {
  /** What an engine calls the deploy: that of the configuration that was asked for, whatever modules it requires. */
  readonly name: string;
  readonly deployments: readonly ConfigurationDeployment[];
  readonly request: DeployRequest;
  readonly images: readonly PlannedImage[];
  readonly rules: FieldRules;
  /** Of `portForward`. */
  readonly ports: readonly ForwardedPort[];
  readonly deployer: DeployerKind;
  readonly place: HookPlace;
}

/** Skaffold's own default (`statusCheckDeadlineSeconds`). */
const defaultDeadlineMs = 600_000;

/** Returns the stage that makes the manifests of all configurations. */
export function planRender(
  { deployments, request, images, rules, deployer, place }: DeployPlan,
  ordinal: number,
): PlannedStage {
  const spec: RenderStepSpec = {
    kind: 'render',
    sources: deployments.map((deployment) => sourcesOf(deployment, { request, deployer })).filter(hasSources),
    ...{ images, labels: request.labels, rules, allowEmpty: request.allowEmpty, place },
    target: deployer === 'docker' && request.action !== 'render' ? 'engine' : 'cluster',
    ...(request.namespace !== undefined && { namespace: request.namespace }),
    ...(request.parameters && { parameters: request.parameters }),
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
  const { deployments, request } = plan;
  const removes = request.action === 'delete';
  const ordered = removes ? [...deployments].reverse() : deployments;
  const steps: PlannedStep[] = [];
  const parts =
    plan.deployer === 'docker' ? wholePart(plan) : ordered.flatMap((deployment) => partsOf(deployment, plan));
  for (const { deployment, kind } of parts) {
    const isOnly = parts.filter((part) => part.kind === kind).length === 1;
    const name = isOnly ? kind : `${kind}/${deployment.sources.name}`;
    const previous = removes ? undefined : steps.at(-1)?.id;
    const id = stepId(1, ordinal, steps.length + 1);
    steps.push(plannedStep(id, name, deploySpec(deployment, kind, plan), deployment, previous));
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
    const spec: StatusStepSpec = { kind: 'status', set: plan.name, statusCheck };
    steps.push(plannedStep(stepId(1, ordinal, steps.length + 1), 'status', spec, undefined, steps.at(-1)?.id));
  }
  return {
    ...{ ordinal, name: request.action, runsIf: 'success', onFailure: 'continue', phase: 'deploy', jobs: 1 },
    steps,
  };
}

/** Returns the stage that follows what was deployed. `undefined`: nothing is to be followed. */
export function planFollow(
  { name, deployments, request, images, ports }: DeployPlan,
  ordinal: number,
): PlannedStage | undefined {
  const classes = request.portForward ?? [];
  if (request.action !== 'deploy' || (request.tail !== true && classes.length === 0)) return undefined;
  const spec: FollowStepSpec = {
    kind: 'follow',
    set: name,
    ...(request.tail === true && { logs: {} }),
    ...(classes.length > 0 && { forwards: { classes, ports, images: images.map(({ reference }) => reference) } }),
  };
  const step = plannedStep(stepId(1, ordinal, 1), 'follow', spec, undefined);
  const fields = [...new Set(deployments.flatMap(({ lineFields }) => lineFields))];
  return {
    ...{ ordinal, name: 'follow', runsIf: 'success', onFailure: 'continue', phase: 'follow' },
    steps: [{ ...step, linePrefix: linePrefixOf(deployments), ...(fields.length > 0 && { lineFields: fields }) }],
  };
}

/** Lines of several configurations that want other prefixes show everything. */
function linePrefixOf(deployments: readonly ConfigurationDeployment[]): LinePrefix {
  const [prefix = 'container', ...others] = new Set(deployments.map(({ linePrefix }) => linePrefix));
  return others.length > 0 ? 'podAndContainer' : prefix;
}

/**
 * Returns the stage that removes what the run deployed, with `--cleanup`. It runs however the run ends. A deployer whose step never
 * began has nothing removed: what it deployed in an earlier run stays.
 */
export function planCleanup(plan: DeployPlan, deploy: PlannedStage, ordinal: number): PlannedStage | undefined {
  if (plan.request.cleanup !== true || plan.request.action !== 'deploy') return undefined;
  const stage = planDeploy({ ...plan, request: { ...plan.request, action: 'delete' } }, ordinal);
  const steps = stage.steps.map((step) => {
    const { id } = deploy.steps.find(({ name }) => name === step.name) ?? step;
    return { ...step, spec: { ...step.spec, deployedBy: id } };
  });
  return { ...stage, name: 'cleanup', runsIf: 'always', steps };
}

/**
 * Returns the sources of a configuration's manifests. Helm installs the releases of `deploy.helm` itself on a cluster. Elsewhere, and
 * to show them, they are rendered as those of `manifests.helm`. Images of `deploy.docker` run on engines only.
 */
function sourcesOf(
  { sources: { containers, ...sources }, helm }: ConfigurationDeployment,
  { request, deployer }: Pick<DeployPlan, 'request' | 'deployer'>,
): ManifestSources {
  const engineOnly = deployer === 'docker' && containers ? { containers } : {};
  const isRendered = helm !== undefined && (request.action === 'render' || deployer === 'docker');
  return { ...sources, ...engineOnly, ...(isRendered && { helm: [...(sources.helm ?? []), helm] }) };
}

interface DeployPart {
  readonly deployment: ConfigurationDeployment;
  readonly kind: DeployStepSpec['deployer'];
}

/** On an engine, containers reach those of one deploy by name, so all configurations are one. */
function wholePart({ deployments }: DeployPlan): readonly DeployPart[] {
  const main = deployments.at(-1);
  return main ? [{ deployment: main, kind: 'docker' }] : [];
}

/** Returns the deployers of a configuration, in Skaffold's order: `helm` before `kubectl`. */
function partsOf(deployment: ConfigurationDeployment, { request, deployer }: DeployPlan): readonly DeployPart[] {
  const parts: DeployPart[] = [
    ...(deployment.helm && deployer === 'kubectl' ? [{ deployment, kind: 'helm' as const }] : []),
    ...(hasSources(sourcesOf(deployment, { request, deployer })) ? [{ deployment, kind: deployer }] : []),
  ];
  return request.action === 'delete' ? parts.reverse() : parts;
}

function deploySpec(
  { sources, defaultNamespace, hooks, helm, helmHooks, statusCheck }: ConfigurationDeployment,
  deployer: DeployStepSpec['deployer'],
  { name, request, place, deployments }: DeployPlan,
): DeployStepSpec {
  const isHelm = deployer === 'helm';
  const around = deployer === 'docker' ? allHooks(deployments) : isHelm ? helmHooks : hooks;
  const { action, force, allowEmpty } = request;
  const namespace = request.namespace ?? (isHelm ? undefined : defaultNamespace);
  const check = action === 'deploy' && request.iterativeStatusCheck ? statusCheckOf(statusCheck, request) : undefined;
  return {
    kind: 'deploy',
    action: action === 'delete' ? 'delete' : 'deploy',
    ...(deployer !== 'docker' && { configuration: sources.name }),
    ...{ deployer, set: deployer === 'docker' ? name : sources.name },
    ...{ folder: sources.folder, force, allowEmpty, place },
    ...(namespace !== undefined && { namespace }),
    ...(deployer === 'docker' && request.portForward?.includes('services') && { servesIngress: true }),
    ...(check && { statusCheck: check }),
    ...(around && action === 'deploy' && { hooks: around }),
    ...(isHelm && helm && { helm }),
  };
}

/** Returns the hooks of all deployers in their order: on an engine, one step deploys everything. */
function allHooks(deployments: readonly ConfigurationDeployment[]): DeployHooks | undefined {
  const all = deployments.flatMap(({ hooks, helmHooks }) => [helmHooks, hooks].filter((each) => each !== undefined));
  if (all.length === 0) return undefined;
  return { before: all.flatMap(({ before }) => before), after: all.flatMap(({ after }) => after) };
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
