import { editMaps, entryOf, itemsOf, list, scalar, textAt, valueAt, withEntry } from '../../diagnostics/yaml/edit.ts';
import type { Located, LocatedMap } from '../../diagnostics/yaml/located.ts';
import { withoutTilde } from '../../util/tilde-path.ts';

/** What defaults depend on outside of the file. */
export interface DefaultFacts {
  /** The home folder, for a leading `~/`. */
  readonly home: string;
  /** The namespace of the current kube context. */
  readonly namespace: string;
  /** Returns the end of a name that must be new for each run. */
  readonly random: () => string;
}

const buildTypes = ['local', 'googleCloudBuild', 'cluster'];
const builders = ['docker', 'bazel', 'ko', 'jib', 'kaniko', 'buildpacks', 'custom'];
const tagPolicies = ['gitCommit', 'sha256', 'envTemplate', 'dateTime', 'customTemplate', 'inputDigest'];

/**
 * Returns a document with Skaffold's defaults filled in. A default takes the place of the part that it belongs to. The
 * document is in the newest version, without profiles.
 */
export function withDefaults(document: LocatedMap, facts: DefaultFacts): LocatedMap {
  const build = buildWithDefaults(mapAt(document, 'build'), facts);
  let whole = withEntry(document, 'build', build);
  whole = withEntry(whole, 'deploy', deployWithDefaults(mapAt(whole, 'deploy')));
  whole = editMaps(whole, ['portForward', '*'], portForwardWithDefaults);
  return editMaps(whole, ['test', '*'], (test) => withDefault(test, 'context', '.'));
}

function buildWithDefaults(build: LocatedMap, facts: DefaultFacts): LocatedMap {
  let whole = build;
  if (!hasAny(whole, buildTypes)) whole = withEntry(whole, 'local', emptyMap(build));
  if (!hasAny(mapAt(whole, 'tagPolicy'), tagPolicies))
    whole = withEntry(whole, 'tagPolicy', { ...emptyMap(build), entries: [entry('gitCommit', emptyMap(build))] });
  const inCluster = entryOf(whole, 'cluster') !== undefined;
  whole = editMaps(whole, ['artifacts', '*'], (artifact) => artifactWithDefaults(artifact, inCluster));
  // Without artifacts the number of builds at once says nothing.
  if (itemsOf(valueAt(whole, 'artifacts')).length > 0)
    whole = editMaps(whole, ['local'], (local) => withDefault(local, 'concurrency', 1));
  whole = editMaps(whole, ['googleCloudBuild'], (cloud) =>
    Object.entries(cloudImages).reduce((map, [key, image]) => withDefault(map, key, image), cloud),
  );
  return editMaps(whole, ['cluster'], (cluster) => clusterWithDefaults(cluster, facts));
}

const cloudImages = {
  dockerImage: 'gcr.io/cloud-builders/docker',
  mavenImage: 'gcr.io/cloud-builders/mvn',
  gradleImage: 'gcr.io/cloud-builders/gradle',
  kanikoImage: 'gcr.io/kaniko-project/executor:latest',
  packImage: 'gcr.io/k8s-skaffold/pack',
  koImage: 'gcr.io/k8s-skaffold/skaffold',
};

function artifactWithDefaults(artifact: LocatedMap, inCluster: boolean): LocatedMap {
  let whole = withDefault(artifact, 'context', '.');
  whole = syncWithDefaults(whole);
  const builder =
    inCluster && !hasAny(whole, ['custom', 'buildpacks']) ? 'kaniko' : hasAny(whole, builders) ? undefined : 'docker';
  if (builder !== undefined && !entryOf(whole, builder)) whole = withEntry(whole, builder, emptyMap(artifact));
  whole = editMaps(whole, ['requires', '*'], (required) =>
    withDefault(required, 'alias', textAt(required, 'image') ?? ''),
  );
  // Skaffold fills in only one builder, in this order.
  const filled = (['docker', 'kaniko', 'custom', 'buildpacks'] as const).find((name) => entryOf(whole, name));
  return filled === undefined ? whole : editMaps(whole, [filled], builderDefaults[filled]);
}

const builderDefaults = {
  docker: (docker: LocatedMap) => withDefault(docker, 'dockerfile', 'Dockerfile'),
  kaniko: (kaniko: LocatedMap) => {
    const defaults = {
      image: cloudImages.kanikoImage,
      dockerfile: 'Dockerfile',
      initImage: 'gcr.io/k8s-skaffold/skaffold-helpers/busybox',
      digestFile: '/dev/termination-log',
      copyMaxRetries: 3,
      copyTimeout: '5m',
      buildContextCompressionLevel: 1,
    };
    const whole = editMaps(kaniko, ['cache'], (cache) => withDefault(cache, 'cacheRunLayers', true));
    return Object.entries(defaults).reduce((map, [key, value]) => withDefault(map, key, value), whole);
  },
  custom: withDependencies,
  buildpacks: (buildpacks: LocatedMap) => {
    let whole = withDependencies(withDefault(buildpacks, 'projectDescriptor', 'project.toml'));
    if (!entryOf(whole, 'builder') && itemsOf(valueAt(whole, 'buildpacks')).length === 0) {
      whole = withDefault(whole, 'builder', 'gcr.io/buildpacks/builder:v1');
      whole = withEntry(whole, 'trustBuilder', scalar(true, whole.at));
    }
    return whole;
  },
};

function withDependencies(builder: LocatedMap): LocatedMap {
  if (entryOf(builder, 'dependencies')) return builder;
  const paths = entry('paths', list([scalar('.', builder.at)], builder.at));
  return withEntry(builder, 'dependencies', { ...emptyMap(builder), entries: [paths] });
}

function syncWithDefaults(artifact: LocatedMap): LocatedMap {
  const auto = entry('auto', scalar(true, artifact.at));
  const sync = valueAt(artifact, 'sync');
  if (sync?.kind !== 'map')
    return entryOf(artifact, 'buildpacks')
      ? withEntry(artifact, 'sync', { ...emptyMap(artifact), entries: [auto] })
      : artifact;
  if (hasAny(sync, ['manual', 'infer', 'auto'])) return artifact;
  const chosen = hasAny(artifact, ['jib', 'buildpacks'])
    ? auto
    : entry('infer', list([scalar('**/*', sync.at)], sync.at));
  return withEntry(artifact, 'sync', { ...sync, entries: [...sync.entries, chosen] });
}

function clusterWithDefaults(cluster: LocatedMap, facts: DefaultFacts): LocatedMap {
  let whole = withDefault(cluster, 'namespace', facts.namespace);
  whole = withDefault(whole, 'timeout', '20m');
  whole = withDefault(whole, 'pullSecretMountPath', '/secret');
  const random = (flag: string) => (textAt(cluster, flag) === 'true' ? facts.random() : '');
  if (entryOf(whole, 'pullSecretPath')) {
    whole = withDefault(whole, 'pullSecretName', `kaniko-secret${random('randomPullSecret')}`);
    whole = withExpandedTilde(whole, 'pullSecretPath', facts.home);
  }
  return editMaps(whole, ['dockerConfig'], (config) => {
    const named = withDefault(config, 'secretName', `docker-cfg${random('randomDockerConfigSecret')}`);
    return withExpandedTilde(named, 'path', facts.home);
  });
}

function withExpandedTilde(map: LocatedMap, key: string, home: string): LocatedMap {
  const path = valueAt(map, key);
  return path?.kind === 'scalar' ? withEntry(map, key, scalar(withoutTilde(path.text, home), path.at)) : map;
}

function deployWithDefaults(deploy: LocatedMap): LocatedMap {
  const logs = withDefault(mapAt(deploy, 'logs'), 'prefix', 'container');
  return editMaps(withEntry(deploy, 'logs', logs), ['helm'], (helm) => withDefault(helm, 'concurrency', 1));
}

function portForwardWithDefaults(forward: LocatedMap): LocatedMap {
  const port = valueAt(forward, 'port');
  const isNumber = port?.kind === 'scalar' && typeof port.value === 'number';
  const withPort = isNumber ? withDefault(forward, 'localPort', Number(port.value)) : forward;
  return withDefault(withPort, 'address', '127.0.0.1');
}

function withDefault(map: LocatedMap, key: string, value: string | number | boolean): LocatedMap {
  return entryOf(map, key) ? map : withEntry(map, key, scalar(value, map.at));
}

function mapAt(map: LocatedMap, key: string): LocatedMap {
  const value = valueAt(map, key);
  return value?.kind === 'map' ? value : emptyMap(map);
}

function emptyMap({ at }: Located): LocatedMap {
  return { kind: 'map', entries: [], at };
}

function entry(key: string, value: Located) {
  return { key, keyAt: value.at, value };
}

function hasAny(map: LocatedMap, keys: readonly string[]): boolean {
  return keys.some((key) => entryOf(map, key) !== undefined);
}
