import { splitImageName } from '../../util/image-grammar.ts';
import type { Report } from '../../diagnostics/problem.ts';
import type { ReadPipeline } from '../../engine/front-end.ts';
import { meansCluster } from '../../model/cluster-word.ts';
import type { WantedPlace } from '../../model/wanted-place.ts';
import { problem } from '../problem.ts';
import type { ArtifactBuilder } from './artifact-spec.ts';
import { kanikoDefaults } from './kaniko-options.ts';
import type { Artifact } from './read-artifacts.ts';

/** What decides where an image is built. */
export interface PlaceFacts {
  readonly builder: ArtifactBuilder['type'];
  /** Whether its configuration has `build.cluster`. */
  readonly cluster: boolean;
  /** `--on`. */
  readonly on: readonly string[] | undefined;
}

/**
 * Reports whether an image is built in a pod of a cluster. `--on` decides, else the configuration: an artifact with `kaniko`, and a
 * Dockerfile beside `build.cluster`.
 */
export function isBuiltInCluster({ builder, cluster, on }: PlaceFacts): boolean {
  if (builder !== 'docker' && builder !== 'kaniko') return false;
  if (on !== undefined) return on.every(meansCluster);
  return cluster || builder === 'kaniko';
}

/** Reports whether `--on` asks for something that is no cluster. Then `build.cluster` does not count. */
export function namesEngine(on: PlaceFacts['on']): boolean {
  return on?.some((word) => !meansCluster(word)) === true;
}

/** Reports whether an image needs no container engine: a pod builds it, or its program pushes it. */
export function needsNoEngine(facts: PlaceFacts): boolean {
  const pushes = facts.cluster && !namesEngine(facts.on);
  return isBuiltInCluster(facts) || (pushes && ['custom', 'ko', 'jib'].includes(facts.builder));
}

export interface PlacesRequest {
  /** `--on`. */
  readonly on?: readonly string[];
  /** `--kube-context`. */
  readonly kubeContext?: string;
  /** `--push`. */
  readonly push?: boolean;
  /** The image of each artifact with its tag, by its name in the configuration. */
  readonly references: ReadonlyMap<string, string>;
  /** Whether tests look into images, or run commands in them. */
  readonly testsInContainers?: boolean | undefined;
}

/**
 * Returns where a build works if it needs a cluster. If some artifacts or tests need an engine too, it is where steps run, and the
 * cluster is where images are built. Reports artifacts that do not fit to their place.
 */
export function buildPlaces(
  artifacts: readonly Artifact[],
  { on, kubeContext, push, references, testsInContainers }: PlacesRequest,
  report: Report,
): ReadPipeline['places'] {
  const factsOf = (artifact: Artifact) => placeFacts(artifact, on);
  const inCluster = artifacts.filter((artifact) => isBuiltInCluster(factsOf(artifact)));
  for (const artifact of artifacts) reportMisfit(artifact, on, report);
  const isWhole =
    on !== undefined || (testsInContainers !== true && artifacts.every((artifact) => needsNoEngine(factsOf(artifact))));
  // A build of nothing is a build on the engine.
  if (inCluster.length === 0 && (artifacts.length === 0 || on !== undefined || !isWhole)) return undefined;
  for (const { image, at } of inCluster) {
    const reference = references.get(image) ?? image;
    if (!splitImageName(reference).name.includes('/')) report(problem('S056', at, { image, reference }));
  }
  if (push === false && inCluster.length > 0)
    report(problem('S055', undefined, { images: inCluster.map(({ image }) => image) }));
  const namespaces = [...new Set(artifacts.flatMap(({ cluster }) => cluster?.namespace ?? []))];
  if (namespaces.length > 1) report(problem('S057', artifacts.find(({ cluster }) => cluster)?.at, { namespaces }));
  const [namespace] = namespaces;
  const { image, initImage } = kanikoDefaults;
  const place: WantedPlace = {
    on: on ?? ['kubernetes'],
    ...(kubeContext !== undefined && { kubeContext }),
    ...(namespace !== undefined && { namespace }),
    builder: { kind: 'kaniko', image, helperImage: initImage },
  };
  return isWhole ? { steps: place } : { builds: place };
}

export function placeFacts({ builder, cluster }: Artifact, on: readonly string[] | undefined): PlaceFacts {
  return { builder: builder.type, cluster: cluster !== undefined, on };
}

function reportMisfit({ builder, cluster, image, at }: Artifact, on: PlaceFacts['on'], report: Report): void {
  const needsEngine = builder.type === 'bazel' || builder.type === 'buildpacks';
  if (cluster && needsEngine && on === undefined) report(problem('S053', at, { image, builder: builder.type }));
}
