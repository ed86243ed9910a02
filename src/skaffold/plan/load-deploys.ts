import type { Report } from '../../diagnostics/problem.ts';
import type { BuildRequest } from '../../engine/build-request.ts';
import type { ClusterLoader } from '../../deploy/load/cluster-loader.ts';
import type { DeployRequest } from '../../engine/deploy-request.ts';
import { itemsOf, textAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { ReadPipeline } from '../../engine/front-end.ts';
import type { WantedPlace } from '../../model/wanted-place.ts';
import type { GlobalConfig } from '../config/global-config.ts';
import type { Configuration } from '../config/configuration.ts';
import { problem } from '../problem.ts';
import type { SkaffoldBuildSurroundings } from '../surroundings.ts';
import type { BuildPlan } from './build-plan.ts';
import { deployPlace, type ClusterFacts } from './deploy-places.ts';
import type { PlannedImage } from './deploy-spec.ts';
import { loadDecision } from './load-decision.ts';
import type { DeployPlan } from './plan-deploy.ts';
import { plannedImages } from './planned-images.ts';
import type { Artifact } from './read-artifacts.ts';
import { readPortForward } from './read-port-forward.ts';
import { deployName, readDeployments, type DeploymentsRequest } from './read-deployments.ts';

type Places = NonNullable<ReadPipeline['places']>;

/**
 * Returns the places of a run. Without builds, everything is at the place of deploys, so no engine is needed for a cluster. A render
 * that builds nothing needs this machine only.
 */
export function joinedPlaces(
  places: Places | undefined,
  deploys: Pick<ReadDeploys, 'place'> | undefined,
  builds: boolean,
): Places | undefined {
  if (deploys === undefined) return places;
  const { place } = deploys;
  if (builds) return place ? { ...places, deploys: place } : places;
  return { steps: place ?? { on: ['host'] } };
}

/** What is to be deployed, and where. */
export interface ReadDeploys extends Pick<DeployPlan, 'name' | 'deployments' | 'request' | 'deployer' | 'ports'> {
  /** Absent for a render. */
  readonly place?: WantedPlace;
}

/** Reads what to deploy and where. Reports every mistake. */
export function readDeploys(
  configurations: readonly Configuration[],
  request: DeployRequest,
  { expand, facts }: Pick<DeploymentsRequest, 'expand'> & { readonly facts: ClusterFacts },
  report: Report,
): ReadDeploys {
  const { manifests, parameters } = request;
  const wanted = { expand, ...(manifests && { manifests }), ...(parameters && { parameters }) };
  const deployments = readDeployments(configurations, wanted, report);
  if (deployments.length === 0) report(problem('S091', undefined, undefined));
  const { deployer, place } = deployPlace(configurations, deployments, request, facts, report);
  const { namespace, portForward } = request;
  const ports = portForward?.includes('user')
    ? readPortForward(configurations, { expand, deployer, ...(namespace !== undefined && { namespace }) }, report)
    : [];
  // Required configurations come before those that require them.
  const main = configurations.at(-1);
  const name = main === undefined ? '' : deployName(main);
  return { name, deployments, request, deployer, ports, ...(place && request.action !== 'render' && { place }) };
}

/** Reads what decides about the cluster of a deploy. */
export async function clusterFacts(
  { kubeContext }: BuildRequest,
  { kube, operatorClusters }: SkaffoldBuildSurroundings,
): Promise<ClusterFacts> {
  const [{ context: current, known }, operator] = await Promise.all([kube(), operatorClusters()]);
  return {
    ...(kubeContext !== undefined && { flag: kubeContext }),
    ...(current !== undefined && { current }),
    ...(known && { known }),
    operator,
  };
}

/** An image that somebody else built may have all platforms that are asked for. */
function platformsOf(
  artifact: Artifact,
  { nodeAffinity, build }: Pick<DeployRequest, 'nodeAffinity' | 'build'>,
  builds: BuildPlan,
): readonly string[] {
  if (!nodeAffinity) return [];
  return build ? builds.platforms(artifact) : artifact.platforms;
}

function requiredImages(artifacts: readonly Pick<Artifact, 'requires'>[]): readonly string[] {
  return artifacts.flatMap(({ requires }) => requires.map(({ image }) => image));
}

/** Returns the images of verifications and custom actions. */
export function containerImages(configurations: readonly Configuration[]): readonly string[] {
  return configurations.flatMap(({ document }) =>
    [
      ...itemsOf(valueAt(document, 'verify')).map((node) => valueAt(node, 'container')),
      ...itemsOf(valueAt(document, 'customActions')).flatMap((node) => itemsOf(valueAt(node, 'containers'))),
    ].flatMap((node) => textAt(node, 'image') ?? []),
  );
}

interface ContextFacts {
  readonly kubeContext: string | undefined;
  /** The settings of that context. */
  readonly global: GlobalConfig;
}

/**
 * Returns how images get into the cluster of a deploy without a registry; see `loadDecision`. Reports a cluster that `--load-images`
 * cannot serve. A cluster that the operator's file names has no context of the kubeconfig.
 */
export function imageLoader(
  { request, deployer, place }: ReadDeploys,
  { kubeContext, global, env }: Pick<BuildRequest, 'env'> & ContextFacts,
  report: Report,
): ClusterLoader | undefined {
  if (request.action !== 'deploy' || request.manifests !== undefined) return undefined;
  const isContexts = deployer === 'kubectl' && place?.on.includes('kubernetes') === true;
  const context = isContexts ? kubeContext : undefined;
  const decision = loadDecision({
    ...{ flag: request.loadImages, kubeContext: context, localCluster: global.localCluster },
    ...{ disabled: global.loadDisabled ?? {}, activeMinikube: env['MINIKUBE_ACTIVE_DOCKERD'] },
  });
  if (decision !== 'impossible') return decision;
  report(problem('S097', undefined, { context }));
  return undefined;
}

/** Returns the images that manifests get. Reports artifacts whose image nobody knows. */
export function imagesToDeploy(
  deploy: DeployRequest,
  {
    configurations,
    artifacts,
    builds,
    tagged,
  }: {
    readonly configurations: readonly Configuration[];
    readonly artifacts: readonly Artifact[];
    readonly builds: BuildPlan;
    readonly tagged: boolean;
  },
  report: Report,
): readonly PlannedImage[] {
  const elsewhere = new Set([...requiredImages(artifacts), ...containerImages(configurations)]);
  const known = artifacts.map((artifact) => ({
    ...{ image: artifact.image, reference: builds.references.get(artifact.image) ?? artifact.image },
    ...{ push: builds.push(artifact), insecure: builds.insecure(artifact) },
    platforms: platformsOf(artifact, deploy, builds),
    usedElsewhere: elsewhere.has(artifact.image),
  }));
  const { images, unknown, others } = plannedImages({ deploy, artifacts: known, tagged });
  if (unknown.length > 0) report(problem('S092', undefined, { images: unknown, others }));
  return images;
}
