import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { ClusterLoader } from '../../deploy/load/cluster-loader.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { hasErrors, sorted } from '../../diagnostics/sorted.ts';
import { textAt } from '../../diagnostics/yaml/edit.ts';
import type { Located } from '../../diagnostics/yaml/located.ts';
import type { BuildRequest } from '../../engine/build-request.ts';
import type { PipelineRequest, Read, ReadPipeline } from '../../engine/front-end.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Plan, PlannedStage } from '../../model/plan.ts';
import { openTreeIndex } from '../../workspace/index/tree-index.ts';
import type { Configuration } from '../config/configuration.ts';
import { readGlobalConfig, type GlobalConfig } from '../config/global-config.ts';
import { readConfigurations } from '../config/read-configurations.ts';
import type { SkaffoldBuildSurroundings } from '../surroundings.ts';
import { problem } from '../problem.ts';
import { moduleRepositories } from '../module-repositories.ts';
import { expandTemplate } from './expand-template.ts';
import { templateSurroundings } from './template-surroundings.ts';
import { imageReferences } from './image-references.ts';
import { buildPlaces, namesEngine } from './build-places.ts';
import { buildPlan, type BuildPlan } from './build-plan.ts';
import { planBuild } from './plan-build.ts';
import {
  clusterFacts,
  imageLoader,
  imagesToDeploy,
  joinedPlaces,
  readDeploys,
  type ReadDeploys,
} from './load-deploys.ts';
import { containerPlaces, selectedContainers, type SelectedContainers } from './load-containers.ts';
import { planCleanup, planDeploy, planFollow, planRender, type DeployPlan } from './plan-deploy.ts';
import { selectorRules } from './read-deployments.ts';
import { planContainers } from './plan-containers.ts';
import { planHooks } from './plan-hooks.ts';
import { planLoad } from './plan-load.ts';
import { planTest } from './plan-test.ts';
import { configurationHooks } from './read-hooks.ts';
import { platformsOfFlag } from './platform-decision.ts';
import { reportUnusedInBuild } from './unused-parts.ts';
import { readArtifacts, type Artifact } from './read-artifacts.ts';
import { selectedTests, type SelectedTests } from './selected-tests.ts';

/** Builds use nothing of the operator's file. */
const noNames: ReadPipeline['names'] = {
  secrets: [],
  clusters: [],
  certificates: false,
  commandLineCluster: false,
  keys: [],
};

/**
 * Reads a `skaffold.yaml` and plans the build of its artifacts, and their tests if they are wanted. Reports every mistake.
 * @param accepted called unless the command line is wrong: it names a missing file, profile, module or image
 * @param signal stops Git. Rejects with its reason
 */
export async function loadBuild(
  request: BuildRequest,
  around: SkaffoldBuildSurroundings,
  {
    accepted = () => undefined,
    signal = new AbortController().signal,
  }: Pick<PipelineRequest, 'accepted' | 'signal'> = {},
): Promise<Read<ReadPipeline>> {
  const found: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic) => void found.push(diagnostic);
  const { configurations, diagnostics } = await readConfigurations(request, {
    ...around,
    random: randomUUID,
    repositories: moduleRepositories(request, around.repositories, signal),
  });
  found.push(...diagnostics);
  const result = (value?: ReadPipeline): Read<ReadPipeline> => {
    const isMistaken = found.some(({ severity, place }) => severity === 'error' && place === undefined);
    if (!isMistaken) accepted();
    return {
      given: [],
      passwords: [],
      diagnostics: sorted(found),
      ...(value && { value }),
    };
  };
  const first = configurations.at(-1);
  if (!first || hasErrors(found)) return result();
  const requested = await readRequested(configurations, request, around, signal, report);
  if (hasErrors(found)) return result();
  const planned = planRequested(configurations, requested, request, around, report);
  if (!planned || hasErrors(found)) return result();
  const { plan, places } = planned;
  const { file } = configurations.find(({ required }) => !required) ?? first;
  return result({
    name: first.name ?? basename(dirname(file)),
    directory: dirname(file),
    file: basename(file),
    ...{ plan, environments: [], variables: [], names: noNames },
    filled: () => plan,
    ...(places && { places }),
  });
}

/** What a request asks for of its configurations. */
interface Requested {
  /** Those that have to be known. */
  readonly artifacts: readonly Artifact[];
  /** Those that are built. */
  readonly built: readonly Artifact[];
  /** With tags, by image. */
  readonly references: ReadonlyMap<string, string>;
  readonly hooks: ReturnType<typeof configurationHooks>;
  readonly tests: SelectedTests | undefined;
  readonly containers: SelectedContainers | undefined;
  readonly deploys: ReadDeploys | undefined;
  readonly global: GlobalConfig;
  /** The context that the command line or the configuration names. */
  readonly wantedContext: string | undefined;
  /** That, or the current one. */
  readonly kubeContext: string | undefined;
}

/** Reads the parts of the configurations. Reports every mistake. */
async function readRequested(
  configurations: readonly Configuration[],
  request: BuildRequest,
  around: SkaffoldBuildSurroundings,
  signal: AbortSignal,
  report: Report,
): Promise<Requested> {
  const { env } = request;
  const surroundings = templateSurroundings(env, around.clock);
  const flagged = platformsOfFlag(request.platforms, report);
  const expand = (node: Located, to: Report) => expandTemplate(node, { env, surroundings }, to);
  const tests = request.test
    ? await selectedTests(configurations, request, { files: around.files, expand }, report)
    : undefined;
  const cluster = request.containers || request.deploy ? await clusterFacts(request, around) : undefined;
  const containers =
    request.containers && cluster
      ? await selectedContainers(configurations, request.containers, request, { files: around.files, cluster }, report)
      : undefined;
  const needsArtifacts = request.deploy?.action !== 'delete' && request.deploy?.manifests === undefined;
  const artifacts = readArtifacts(
    needsArtifacts ? configurations : [],
    {
      ...{ images: request.images, env, expand, withoutCluster: namesEngine(request.on) },
      ...(tests && !request.deploy && { only: tests.toBuild }),
      ...(containers && { only: containers.toBuild }),
    },
    report,
  ).map((artifact) => (flagged.length > 0 ? { ...artifact, platforms: flagged } : artifact));
  const configured = configurations
    .map(({ document }) => textAt(document, 'deploy', 'kubeContext'))
    .find((name) => name);
  const wantedContext = request.kubeContext ?? configured;
  const kubeContext = wantedContext ?? (await around.kube()).context;
  const globalPath = request.globalConfig ?? join(around.home, '.skaffold', 'config');
  const global = await readGlobalConfig(globalPath, kubeContext, around.files, report);
  const index = openTreeIndex(join(around.caches, 'files'), () => around.clock.now());
  const naming = { surroundings, index };
  const references = await imageReferences(artifacts, { ...global, ...request }, naming, signal, report);
  const built = request.deploy?.build === false ? [] : artifacts;
  const deploys =
    request.deploy && cluster
      ? readDeploys(configurations, request.deploy, { expand, facts: cluster }, report)
      : undefined;
  const selected = new Set(built.map(({ configuration }) => configuration));
  for (const { document } of selected) reportUnusedInBuild(document, request.on, report);
  const hooks = configurationHooks(selected, report);
  return { artifacts, built, references, hooks, tests, containers, deploys, global, wantedContext, kubeContext };
}

/** Plans what was read. Reports what does not fit together. Returns `undefined` if artifacts have no place. */
function planRequested(
  configurations: readonly Configuration[],
  requested: Requested,
  request: BuildRequest,
  around: SkaffoldBuildSurroundings,
  report: Report,
): { readonly plan: Plan; readonly places: ReadPipeline['places'] } | undefined {
  const { artifacts, built, references, hooks, tests, containers, deploys, global } = requested;
  const { wantedContext, kubeContext } = requested;
  let isPlaced = true;
  const places = buildPlaces(
    built,
    {
      ...{ ...request, references },
      testsInContainers: containers?.local ?? tests?.planned.some(({ test }) => test.type === 'structure'),
      ...(wantedContext !== undefined && { kubeContext: wantedContext }),
    },
    (diagnostic) => {
      if (diagnostic.severity === 'error') isPlaced = false;
      report(diagnostic);
    },
  );
  if (!isPlaced) return undefined;
  // The engine that runs the images has them.
  const hasImages = deploys?.deployer === 'docker' || (containers !== undefined && containers.cluster === undefined);
  const forCluster = hasImages ? undefined : kubeContext;
  const facts = { configurations, references, global, kubeContext: forCluster, machine: around.machine };
  const builds = buildPlan(request, facts);
  for (const artifact of built) reportDropped(artifact, builds.platforms(artifact), request, report);
  if (artifacts.length === 0 && !tests && !request.deploy && !containers) report(problem('S026', undefined, undefined));
  const loader = deploys && imageLoader(deploys, { kubeContext, global, env: request.env }, report);
  const wanted = { configurations, artifacts, builds, tagged: request.tag !== undefined };
  const deployed = deploys && {
    ...{ ...deploys, rules: selectorRules(configurations, deploys.request.selectedFields), place: builds.place },
    images: imagesToDeploy(deploys.request, wanted, report),
  };
  const stages = plannedStages({ hooks, artifacts: built, builds, tests, deploys: deployed, loader, containers });
  const isBuilt = built.length > 0 || hooks.length > 0;
  return {
    plan: { stages },
    places: containers ? containerPlaces(places, containers, isBuilt) : joinedPlaces(places, deploys, isBuilt),
  };
}

interface Parts {
  readonly hooks: ReturnType<typeof configurationHooks>;
  readonly artifacts: readonly Artifact[];
  readonly builds: BuildPlan;
  readonly tests: SelectedTests | undefined;
  readonly deploys: DeployPlan | undefined;
  readonly loader: ClusterLoader | undefined;
  readonly containers: SelectedContainers | undefined;
}

/**
 * Returns the stages that are not empty: hooks before the build, the build, hooks after it, tests, loads, the render, deploys, what
 * follows them, containers.
 */
function plannedStages({
  hooks,
  artifacts,
  builds,
  tests,
  deploys,
  loader,
  containers,
}: Parts): readonly PlannedStage[] {
  const stages: PlannedStage[] = [];
  const add = (plan: (ordinal: number) => PlannedStage | undefined): PlannedStage | undefined => {
    const stage = plan(stages.length + 1);
    if (stage) stages.push(stage);
    return stage;
  };
  add((ordinal) => planHooks(hooks, 'before', builds.place, ordinal));
  const build = artifacts.length > 0 ? add((ordinal) => planBuild(artifacts, builds, ordinal)) : undefined;
  add((ordinal) => planHooks(hooks, 'after', builds.place, ordinal));
  const builtBy = new Map(build?.steps.map(({ name, id }) => [name, id]));
  if (tests && tests.planned.length > 0)
    add((ordinal) =>
      planTest(tests.planned, { ordinal, references: new Map([...builds.references, ...tests.given]), builtBy }),
    );
  if (deploys && loader)
    add((ordinal) => planLoad({ ...deploys, loader, given: deploys.request.loadImages === true }, ordinal));
  if (deploys && deploys.request.action !== 'delete') add((ordinal) => planRender(deploys, ordinal));
  if (deploys && deploys.request.action !== 'render') {
    const deployed = add((ordinal) => planDeploy(deploys, ordinal));
    add((ordinal) => planFollow(deploys, ordinal));
    if (deployed) add((ordinal) => planCleanup(deploys, deployed, ordinal));
  }
  if (containers) add((ordinal) => planContainers(containers, { ordinal, references: builds.references, builtBy }));
  return stages;
}

/** Reports the platforms that an image is not built for, unless the command line asks for one only. */
function reportDropped(
  { image, at, platforms: wanted }: Artifact,
  platforms: readonly string[],
  { onlyOnePlatform }: BuildRequest,
  report: Report,
): void {
  const [built] = platforms;
  if (built !== undefined && platforms.length < wanted.length && !onlyOnePlatform)
    report(problem('S054', at, { image, built, wanted }));
}
