import type { HookPlace } from '../../build/hooks/build-hooks.ts';
import { itemsOf, textAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { LocatedMap } from '../../diagnostics/yaml/located.ts';
import type { BuildRequest } from '../../engine/build-request.ts';
import { parseImageReference } from '../../registry/image-reference.ts';
import type { Configuration } from '../config/configuration.ts';
import type { GlobalConfig } from '../config/global-config.ts';
import { isBuiltInCluster, needsNoEngine, placeFacts } from './build-places.ts';
import { platformsToBuild } from './platform-decision.ts';
import { isLoadDisabled } from './load-decision.ts';
import { pushes } from './push-decision.ts';
import type { Artifact } from './read-artifacts.ts';

/** What a build is to do with its images. */
export interface BuildPlan {
  /** The image of each artifact with its tag, by its name in the configuration. */
  readonly references: ReadonlyMap<string, string>;
  /** Reports whether an artifact's image is pushed. */
  readonly push: (artifact: Artifact) => boolean;
  /** Reports whether the registry of an image may use plain HTTP. */
  readonly insecure: (artifact: Artifact) => boolean;
  /** Returns the platforms that an artifact is built for. */
  readonly platforms: (artifact: Artifact) => readonly string[];
  /** Reports whether an artifact is built in a pod. */
  readonly inCluster: (artifact: Artifact) => boolean;
  /** The kube context of the build, for custom commands of a configuration that builds in a cluster. */
  readonly kubeContext?: string;
  /** How many artifacts are built at once. 0: all. */
  readonly concurrency: number;
  readonly failFast: boolean;
  /** Whether images are taken from the artifact cache. */
  readonly cache: boolean;
  /** A folder with entries of the cache that several machines share. Absolute. */
  readonly sharedCache?: string;
  /** Reports whether an image that has the reference of an artifact is used if the cache has none. */
  readonly importMissing?: (artifact: Artifact) => boolean;
  readonly place: HookPlace;
}

/** What decides how images are built, beside the command line. */
export interface BuildFacts {
  readonly configurations: readonly Configuration[];
  /** The image of each artifact with its tag, by its name in the configuration. */
  readonly references: ReadonlyMap<string, string>;
  readonly global: GlobalConfig;
  /** The kube context of the build, if there is one. */
  readonly kubeContext: string | undefined;
  /** The platform of this machine. */
  readonly machine: string;
}

/** Decides how images are built. What the command line says wins over the configurations, and these win over global settings. */
export function buildPlan(
  request: BuildRequest,
  { configurations, references, global, kubeContext, machine }: BuildFacts,
): BuildPlan {
  const insecureHosts = new Set([...request.insecureRegistries, ...global.insecureRegistries]);
  const defaultRepo = request.defaultRepo ?? global.defaultRepo;
  const push = (artifact: Artifact) => {
    if (needsNoEngine(placeFacts(artifact, request.on))) return true;
    const configured = configuredPush(artifact.configuration.document);
    return pushes({
      ...{ flag: request.push, configured, kubeContext, localCluster: global.localCluster },
      load: request.deploy?.loadImages,
      loadDisabled: kubeContext !== undefined && isLoadDisabled(kubeContext, global.loadDisabled ?? {}),
    });
  };
  return {
    ...{ references, push, failFast: request.failFast, cache: request.cacheArtifacts },
    ...(kubeContext !== undefined && { kubeContext }),
    ...(request.sharedCache !== undefined && { sharedCache: request.sharedCache }),
    platforms: (artifact) =>
      platformsToBuild({
        ...{ wanted: artifact.platforms, builder: artifact.builder.type, push: push(artifact) },
        ...{ onlyOne: request.onlyOnePlatform, machine },
      }),
    inCluster: (artifact) => isBuiltInCluster(placeFacts(artifact, request.on)),
    insecure: ({ image, configuration: { document } }) => {
      const { registry } = parseImageReference(references.get(image) ?? image);
      const own = itemsOf(valueAt(document, 'build', 'insecureRegistries')).map((node) => textAt(node));
      return insecureHosts.has(registry) || own.includes(registry);
    },
    concurrency: concurrencyOf(
      request.concurrency,
      configurations.flatMap(({ document }) =>
        ['local', 'cluster'].map((where) => Number(textAt(document, 'build', where, 'concurrency') ?? 0)),
      ),
    ),
    importMissing: ({ configuration: { document } }) => flagAt(document, 'build', 'local', 'tryImportMissing') === true,
    place: {
      folder: request.folder,
      ...(defaultRepo !== undefined && { defaultRepo }),
      ...(global.multiLevelRepo !== undefined && { multiLevelRepo: global.multiLevelRepo }),
    },
  };
}

/** Google Cloud Build always pushes. */
function configuredPush(document: LocatedMap): boolean | undefined {
  const isCloud = valueAt(document, 'build', 'googleCloudBuild') !== undefined;
  return isCloud ? true : flagAt(document, 'build', 'local', 'push');
}

function flagAt(node: LocatedMap, ...keys: readonly string[]): boolean | undefined {
  const value = valueAt(node, ...keys);
  return value?.kind === 'scalar' && typeof value.value === 'boolean' ? value.value : undefined;
}

/**
 * Returns how many artifacts are built at once: what the command line says, else the smallest limit of the configurations. 0: no
 * limit.
 */
export function concurrencyOf(flag: number | undefined, limits: readonly number[]): number {
  if (flag !== undefined) return flag;
  const real = limits.filter((limit) => limit > 0);
  return real.length === 0 ? 0 : Math.min(...real);
}
