import type { Report } from '../../diagnostics/problem.ts';
import type { BuildRequest } from '../../engine/build-request.ts';
import type { ContainerRequest } from '../../engine/container-request.ts';
import type { ReadPipeline } from '../../engine/front-end.ts';
import { meansCluster } from '../../model/cluster-word.ts';
import type { WantedPlace } from '../../model/wanted-place.ts';
import { splitImageName } from '../../util/image-grammar.ts';
import type { SourceFiles } from '../../util/source-files.ts';
import type { Configuration } from '../config/configuration.ts';
import { problem } from '../problem.ts';
import { baseFolders } from './base-folders.ts';
import { deployPlace, type ClusterFacts } from './deploy-places.ts';
import { artifactImages, isSelected } from './read-artifacts.ts';
import { actionNames, readAction } from './read-actions.ts';
import type { ReadContainer } from './read-containers.ts';
import { readVerify } from './read-verify.ts';

/** The containers that a run has. */
export interface SelectedContainers {
  readonly request: ContainerRequest;
  readonly containers: readonly ReadContainer[];
  /** Whether a failure stops the others. */
  readonly failFast: boolean;
  /** The images that exist, by their names in the configuration. */
  readonly given: ReadonlyMap<string, string>;
  /** The images of artifacts to build for the containers. */
  readonly toBuild: ReadonlySet<string>;
  /** Whether some run on an engine. */
  readonly local: boolean;
  /** Where the others run. */
  readonly cluster?: WantedPlace;
}

/** What they depend on besides the configurations. */
export interface ContainerFacts {
  readonly files: SourceFiles;
  readonly cluster: ClusterFacts;
}

/**
 * Returns the containers of the verifications, or of one custom action, and the artifacts that they need. Reports every mistake in
 * them, and given images that none of them runs.
 */
export async function selectedContainers(
  configurations: readonly Configuration[],
  request: ContainerRequest,
  { images, base }: Pick<BuildRequest, 'images' | 'base'>,
  facts: ContainerFacts,
  report: Report,
): Promise<SelectedContainers> {
  const folders = { files: facts.files, ...baseFolders(configurations, base) };
  const { containers, failFast } =
    request.action === undefined
      ? { containers: await readVerify(configurations, folders, report), failFast: false }
      : await readAction(configurations, request.action, folders, report);
  if (request.action === undefined && containers.length === 0) report(problem('S110', undefined, undefined));
  const used = new Set(containers.map(({ image }) => image));
  const given = new Map(request.images.map((one) => [nameOf(one), one.reference]));
  for (const one of request.images)
    if (one.testMustName && containers.length > 0 && !used.has(nameOf(one)))
      report(problem('S116', undefined, { image: nameOf(one), used: [...used] }));
  const artifacts = new Set(artifactImages(configurations));
  const needed = containers.filter(({ image }) => artifacts.has(image) && !given.has(image));
  for (const { image, imageAt } of needed) if (!isSelected(image, images)) report(problem('S117', imageAt, { image }));
  const cluster = clusterOf(configurations, containers, request, facts.cluster, report);
  return {
    ...{ request, containers, failFast, given, toBuild: new Set(needed.map(({ image }) => image)) },
    local: containers.some((container) => container.cluster === undefined),
    ...(cluster && { cluster }),
  };
}

/** Reports the mistakes in all verifications and custom actions. */
export async function checkContainers(
  configurations: readonly Configuration[],
  { files, base }: Pick<BuildRequest, 'base'> & Pick<ContainerFacts, 'files'>,
  report: Report,
): Promise<void> {
  const folders = { files, ...baseFolders(configurations, base) };
  await readVerify(configurations, folders, report);
  for (const name of actionNames(configurations)) await readAction(configurations, name, folders, report);
}

/** Returns the place of jobs, if there are any. All of them have one namespace. */
function clusterOf(
  configurations: readonly Configuration[],
  containers: readonly ReadContainer[],
  request: ContainerRequest,
  facts: ClusterFacts,
  report: Report,
): WantedPlace | undefined {
  const jobs = containers.flatMap(({ cluster }) => cluster ?? []);
  const [first] = jobs;
  if (first === undefined) return undefined;
  const namespaces = [...new Set(jobs.flatMap(({ namespace }) => namespace ?? []))];
  if (request.namespace === undefined && namespaces.length > 1) report(problem('S115', first.at, { namespaces }));
  const namespace = request.namespace ?? namespaces[0];
  const words = request.on?.filter(meansCluster) ?? [];
  const wanted = {
    ...(words.length > 0 && { on: words }),
    ...(namespace !== undefined && { namespace }),
    action: 'deploy' as const,
  };
  return deployPlace(configurations, [], wanted, facts, report).place;
}

/**
 * Returns the places of a run with containers. Jobs are deployed. Without builds and without containers on an engine, everything is
 * at their place.
 */
export function containerPlaces(
  places: ReadPipeline['places'],
  { local, cluster }: Pick<SelectedContainers, 'local' | 'cluster'>,
  builds: boolean,
): ReadPipeline['places'] {
  if (cluster === undefined) return places;
  return builds || local ? { ...places, deploys: cluster } : { steps: cluster };
}

function nameOf({ reference, name = splitImageName(reference).name }: ContainerRequest['images'][number]): string {
  return name;
}
