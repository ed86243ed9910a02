import { describe, expect, it } from 'vitest';
import { boolean, earlierTypes, listOf, mapOf, text, typed, type TypeShapes } from '../shape/shape.ts';
import { newestTypes } from '../../schema/newest-types.ts';
import { newVersions } from './new-versions.ts';
import { oldVersions } from './old-versions.ts';

/** The types of some versions, with the names of their fields. */
const tables: Readonly<Record<string, string>> = {
  v2beta1: `
Activation: env kubeContext command
Artifact: image context sync docker bazel jib kaniko buildpack custom
Auto:
BazelArtifact: target args
BuildConfig: artifacts insecureRegistries tagPolicy local googleCloudBuild cluster
BuildpackArtifact: builder runImage env buildpacks dependencies
BuildpackDependencies: paths ignore
ClusterDetails: HTTP_PROXY HTTPS_PROXY pullSecret pullSecretName pullSecretMountPath namespace timeout dockerConfig resources concurrency volumes randomPullSecret randomDockerConfigSecret
CustomArtifact: buildCommand dependencies
CustomDependencies: dockerfile command paths ignore
DateTimeTagger: format timezone
DeployConfig: helm kubectl kustomize statusCheckDeadlineSeconds kubeContext
DockerArtifact: dockerfile target buildArgs network cacheFrom noCache
DockerConfig: path secretName
DockerfileDependency: path buildArgs
EnvTemplateTagger: template
GitTagger: variant
GoogleCloudBuild: projectId diskSizeGb machineType timeout dockerImage kanikoImage mavenImage gradleImage packImage concurrency
HelmConventionConfig: explicitRegistry
HelmDeploy: releases flags
HelmDeployFlags: global install upgrade
HelmFQNConfig: property
HelmImageStrategy: fqn helm
HelmPackaged: version appVersion
HelmRelease: name chartPath valuesFiles values namespace version setValues setValueTemplates setFiles wait recreatePods skipBuildDependencies useHelmSecrets remote overrides packaged imageStrategy
JSONPatch: op path from value
JibArtifact: project args type
KanikoArtifact: flags dockerfile target buildArgs env initImage image cache reproducible skipTLS volumeMounts
KanikoCache: repo hostPath
KubectlDeploy: manifests remoteManifests flags
KubectlFlags: global apply delete disableValidation
KustomizeDeploy: paths flags buildArgs
LocalBuild: push useDockerCLI useBuildkit concurrency
Metadata: name
PortForwardResource: resourceType resourceName namespace port address localPort
Profile: name build test deploy portForward patches activation
ResourceRequirement: cpu memory ephemeralStorage resourceStorage
ResourceRequirements: requests limits
ShaTagger:
SkaffoldConfig: apiVersion kind metadata build test deploy portForward profiles
Sync: manual infer auto
SyncRule: src dest strip
TagPolicy: gitCommit sha256 envTemplate dateTime
TestCase: image structureTests
`,
  v1beta13: `
Activation: env kubeContext command
Artifact: image context sync docker bazel kaniko custom jibMaven jibGradle
BazelArtifact: target args
BuildConfig: artifacts insecureRegistries tagPolicy local googleCloudBuild cluster
ClusterDetails: HTTP_PROXY HTTPS_PROXY pullSecret pullSecretName pullSecretMountPath namespace timeout dockerConfig resources
CustomArtifact: buildCommand dependencies
CustomDependencies: dockerfile command paths ignore
DateTimeTagger: format timezone
DeployConfig: helm kubectl kustomize statusCheckDeadlineSeconds
DockerArtifact: dockerfile target buildArgs network cacheFrom noCache
DockerConfig: path secretName
DockerfileDependency: path buildArgs
EnvTemplateTagger: template
GitTagger: variant
GoogleCloudBuild: projectId diskSizeGb machineType timeout dockerImage mavenImage gradleImage
HelmConventionConfig: explicitRegistry
HelmDeploy: releases flags
HelmDeployFlags: global install upgrade
HelmFQNConfig: property
HelmImageStrategy: fqn helm
HelmPackaged: version appVersion
HelmRelease: name chartPath valuesFiles values namespace version setValues setValueTemplates wait recreatePods skipBuildDependencies useHelmSecrets remote overrides packaged imageStrategy
JSONPatch: op path from value
JibGradleArtifact: project args
JibMavenArtifact: module profile args
KanikoArtifact: flags dockerfile target buildArgs image cache reproducible buildContext
KanikoBuildContext: gcsBucket localDir
KanikoCache: repo hostPath
KubectlDeploy: manifests remoteManifests flags
KubectlFlags: global apply delete
KustomizeDeploy: flags path
LocalBuild: push useDockerCLI useBuildkit
LocalDir: initImage
Metadata: name
PortForwardResource: resourceType resourceName namespace port localPort
Profile: name build test deploy portForward patches activation
ResourceRequirement: cpu memory
ResourceRequirements: requests limits
ShaTagger:
SkaffoldConfig: apiVersion kind metadata build test deploy portForward profiles
Sync: manual infer
SyncRule: src dest strip
TagPolicy: gitCommit sha256 envTemplate dateTime
TestCase: image structureTests
`,
  v1beta8: `
Activation: env kubeContext command
Artifact: image context sync docker bazel kaniko jibMaven jibGradle plugin
BazelArtifact: target args
BuildConfig: artifacts insecureRegistries tagPolicy local googleCloudBuild cluster executionEnvironment
BuilderPlugin: name properties contents
ClusterDetails: pullSecret pullSecretName namespace timeout dockerConfig resources
DateTimeTagger: format timezone
DeployConfig: helm kubectl kustomize
DockerArtifact: dockerfile target buildArgs cacheFrom
DockerConfig: path secretName
EnvTemplateTagger: template
ExecutionEnvironment: name properties
GitTagger:
GoogleCloudBuild: projectId diskSizeGb machineType timeout dockerImage mavenImage gradleImage
HelmConventionConfig:
HelmDeploy: releases flags
HelmDeployFlags: global install upgrade
HelmFQNConfig: property
HelmImageStrategy: fqn helm
HelmPackaged: version appVersion
HelmRelease: name chartPath valuesFiles values namespace version setValues setValueTemplates wait recreatePods skipBuildDependencies useHelmSecrets overrides packaged imageStrategy
JSONPatch: op path from value
JibGradleArtifact: project args
JibMavenArtifact: module profile args
KanikoArtifact: flags dockerfile target buildArgs image cache buildContext
KanikoBuildContext: gcsBucket localDir
KanikoCache: repo
KubectlDeploy: manifests remoteManifests flags
KubectlFlags: global apply delete
KustomizeDeploy: flags path
LocalBuild: push useDockerCLI useBuildkit
LocalDir: initImage
Profile: name build test deploy patches activation
ResourceRequirement: cpu memory
ResourceRequirements: requests limits
ShaTagger:
SkaffoldConfig: apiVersion kind build test deploy profiles
TagPolicy: gitCommit sha256 envTemplate dateTime
TestCase: image structureTests
`,
  v1beta4: `
Activation: env kubeContext command
Artifact: image context sync docker bazel jibMaven jibGradle
BazelArtifact: target args
BuildConfig: artifacts tagPolicy local googleCloudBuild kaniko
DateTimeTagger: format timezone
DeployConfig: helm kubectl kustomize
DockerArtifact: dockerfile target buildArgs cacheFrom
DockerConfig: path secretName
EnvTemplateTagger: template
GitTagger:
GoogleCloudBuild: projectId diskSizeGb machineType timeout dockerImage mavenImage gradleImage
HelmConventionConfig:
HelmDeploy: releases
HelmFQNConfig: property
HelmImageStrategy: fqn helm
HelmPackaged: version appVersion
HelmRelease: name chartPath valuesFiles values namespace version setValues setValueTemplates wait recreatePods skipBuildDependencies overrides packaged imageStrategy
JSONPatch: op path from value
JibGradleArtifact: project
JibMavenArtifact: module profile
KanikoBuild: buildContext cache flags pullSecret pullSecretName namespace timeout image dockerConfig
KanikoBuildContext: gcsBucket localDir
KanikoCache: repo
KubectlDeploy: manifests remoteManifests flags
KubectlFlags: global apply delete
KustomizeDeploy: flags path
LocalBuild: push useDockerCLI useBuildkit
LocalDir:
Profile: name build test deploy patches activation
ShaTagger:
SkaffoldConfig: apiVersion kind build test deploy profiles
TagPolicy: gitCommit sha256 envTemplate dateTime
TestCase: image structureTests
`,
  v1alpha3: `
Artifact: docker bazel imageName workspace
BazelArtifact: target
BuildConfig: artifacts tagPolicy local googleCloudBuild kaniko
DateTimeTagger: format timezone
DeployConfig: helm kubectl kustomize
DockerArtifact: target buildArgs cacheFrom dockerfilePath
EnvTemplateTagger: template
GitTagger:
GoogleCloudBuild: projectId diskSizeGb machineType timeout dockerImage
HelmConventionConfig:
HelmDeploy: releases
HelmFQNConfig: property
HelmImageStrategy: fqn helm
HelmPackaged: version appVersion
HelmRelease: name chartPath valuesFiles values namespace version setValues setValueTemplates wait recreatePods overrides packaged imageStrategy
KanikoBuild: buildContext pullSecret pullSecretName namespace timeout
KanikoBuildContext: gcsBucket
KubectlDeploy: manifests remoteManifests flags
KubectlFlags: global apply delete
KustomizeDeploy: flags kustomizePath
LocalBuild: useDockerCLI useBuildkit skipPush
Profile: name build deploy
ShaTagger:
SkaffoldConfig: apiVersion kind build deploy profiles
TagPolicy: gitCommit sha256 envTemplate dateTime
`,
  v1alpha1: `
Artifact: imageName workspace dockerfilePath buildArgs
BuildConfig: artifacts tagPolicy local googleCloudBuild
DeployConfig: helm kubectl name
GoogleCloudBuild: projectId
HelmDeploy: releases
HelmRelease: name chartPath values namespace version valuesFilePath
KubectlDeploy: manifests
LocalBuild: skipPush
Manifest: paths parameters
SkaffoldConfig: apiVersion kind build deploy
`,
};

/** Returns the fields of each type, sorted. */
function fieldsIn(table: string): Record<string, string[]> {
  const rows = table
    .trim()
    .split('\n')
    .map((row) => row.split(':'));
  return Object.fromEntries(rows.map(([type = '', fields = '']) => [type, fields.split(' ').filter(Boolean).sort()]));
}

const fieldsOf = (types: TypeShapes) =>
  Object.fromEntries(Object.entries(types).map(([name, { fields }]) => [name, Object.keys(fields).sort()]));

const typesOf = (fields: Readonly<Record<string, readonly string[]>>): TypeShapes =>
  Object.fromEntries(
    Object.entries(fields).map(([name, keys]) => [
      name,
      { label: name, fields: Object.fromEntries(keys.map((key) => [key, { shape: text }])) },
    ]),
  );

/** Fields with the first version that has them and, if a later one lacks them, the last. */
const lives: readonly (readonly [path: string, first: string, last?: string])[] = [
  ['BuildConfig.acr', 'v1alpha5', 'v1alpha5'],
  ['AzureContainerBuild.clientSecret', 'v1alpha5', 'v1alpha5'],
  ['KanikoBuildContext.gcsBucket', 'v1alpha3', 'v2alpha1'],
  ['HelmRelease.valuesFilePath', 'v1alpha1', 'v1alpha2'],
  ['KustomizeDeploy.path', 'v1alpha4', 'v2alpha2'],
  ['KanikoBuild.cache', 'v1beta1', 'v1beta6'],
  ['BazelArtifact.args', 'v1beta1'],
  ['KanikoBuild.flags', 'v1beta2', 'v1beta6'],
  ['KanikoBuild.dockerConfig', 'v1beta3', 'v1beta6'],
  ['GoogleCloudBuild.mavenImage', 'v1beta3'],
  ['Profile.patches', 'v1beta4'],
  ['HelmRelease.skipBuildDependencies', 'v1beta4'],
  ['BuildConfig.executionEnvironment', 'v1beta5', 'v1beta8'],
  ['Artifact.plugin', 'v1beta5', 'v1beta8'],
  ['JibMavenArtifact.args', 'v1beta5', 'v1beta13'],
  ['HelmDeploy.flags', 'v1beta6'],
  ['HelmRelease.useHelmSecrets', 'v1beta7'],
  ['BuildConfig.cluster', 'v1beta7'],
  ['LocalDir.initImage', 'v1beta7', 'v2alpha1'],
  ['KanikoArtifact.buildContext', 'v1beta7', 'v2alpha1'],
  ['BuildConfig.insecureRegistries', 'v1beta8'],
  ['ClusterDetails.resources', 'v1beta8'],
  ['GitTagger.variant', 'v1beta9'],
  ['SyncRule.strip', 'v1beta10'],
  ['Artifact.custom', 'v1beta10'],
  ['DockerArtifact.network', 'v1beta10'],
  ['HelmRelease.remote', 'v1beta11'],
  ['KanikoCache.hostPath', 'v1beta11'],
  ['SkaffoldConfig.portForward', 'v1beta12'],
  ['SkaffoldConfig.metadata', 'v1beta13'],
  ['Sync.infer', 'v1beta13'],
  ['KanikoArtifact.reproducible', 'v1beta13'],
  ['JibArtifact.type', 'v1beta14'],
  ['GoogleCloudBuild.kanikoImage', 'v1beta14'],
  ['HelmRelease.setFiles', 'v1beta15'],
  ['KustomizeDeploy.buildArgs', 'v1beta15'],
  ['DeployConfig.kubeContext', 'v1beta16'],
  ['KanikoArtifact.skipTLS', 'v1beta16'],
  ['ResourceRequirement.ephemeralStorage', 'v1beta17'],
  ['Artifact.buildpack', 'v1'],
  ['BuildpackArtifact.forcePull', 'v1', 'v2alpha2'],
  ['BuildpackArtifact.env', 'v2alpha1'],
  ['PortForwardResource.address', 'v2alpha1'],
  ['LocalBuild.concurrency', 'v2alpha2'],
  ['KanikoArtifact.initImage', 'v2alpha2'],
  ['KubectlFlags.disableValidation', 'v2alpha3'],
  ['KanikoArtifact.volumeMounts', 'v2alpha3'],
];

describe('the types of the old versions', () => {
  const { v2beta1 = '', ...older } = tables;
  const names = oldVersions.map(({ name }) => name);

  /** Returns the types of a version. */
  const types = (version: string): TypeShapes =>
    oldVersions
      .slice(names.indexOf(version))
      .reduceRight((next, { changes }) => earlierTypes(next, changes), typesOf(fieldsIn(v2beta1)));

  it.each(Object.keys(older))('have the fields of %s', (version) => {
    expect(fieldsOf(types(version))).toEqual(fieldsIn(older[version] ?? ''));
  });

  it.each(lives.map(([path, first, last = names.at(-1)]) => ({ path, first, last })))(
    'have $path from $first to $last',
    ({ path, first, last }) => {
      const [type = '', key = ''] = path.split('.');
      const having = names.filter((name) => types(name)[type]?.fields[key]);
      expect([having[0], having.at(-1)]).toEqual([first, last]);
    },
  );

  it('say how fields differ that keep their name', () => {
    const field = (version: string, type: string, key: string) => types(version)[type]?.fields[key];
    // A written `false` equals an absent value here, and is a choice later.
    expect(field('v1beta4', 'LocalBuild', 'useBuildkit')).toEqual({ shape: boolean });
    expect(field('v1beta9', 'Artifact', 'sync')).toEqual({ shape: mapOf(text), keepsZero: true });
    expect(field('v1alpha1', 'BuildConfig', 'tagPolicy')).toEqual({ shape: text });
    expect(field('v1alpha1', 'KubectlDeploy', 'manifests')).toEqual({ shape: listOf(typed('Manifest')) });
    expect(['helm', 'kubectl', 'kustomize'].map((key) => field('v2alpha1', 'DeployConfig', key)?.oneOf)).toEqual([
      ...['deploy', 'deploy', 'deploy'],
    ]);
  });

  it.skipIf(newVersions.length === 0)('continue those of the new versions', () => {
    const first = newVersions.reduceRight((next, { changes }) => earlierTypes(next, changes), newestTypes);
    expect(fieldsOf(first)).toEqual(fieldsIn(v2beta1));
  });

  it('name each version once, oldest first', () => {
    expect(names).toEqual([
      ...[1, 2, 3, 4, 5].map((n) => `v1alpha${n}`),
      ...Array.from({ length: 17 }, (_, i) => `v1beta${i + 1}`),
      'v1',
      ...[1, 2, 3, 4].map((n) => `v2alpha${n}`),
    ]);
  });
});
