import { describe, expect, it } from 'vitest';
import { earlierTypes, text, type TypeShapes } from '../shape/shape.ts';
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

describe('the types of the old versions', () => {
  const { v2beta1 = '', ...older } = tables;

  it.each(Object.keys(older))('have the fields of %s', (version) => {
    const first = oldVersions.findIndex(({ name }) => name === version);
    const types = oldVersions
      .slice(first)
      .reduceRight((next, { changes }) => earlierTypes(next, changes), typesOf(fieldsIn(v2beta1)));
    expect(fieldsOf(types)).toEqual(fieldsIn(older[version] ?? ''));
  });

  it('name each version once, oldest first', () => {
    expect(oldVersions.map(({ name }) => name)).toEqual([
      ...[1, 2, 3, 4, 5].map((n) => `v1alpha${n}`),
      ...Array.from({ length: 17 }, (_, i) => `v1beta${i + 1}`),
      'v1',
      ...[1, 2, 3, 4].map((n) => `v2alpha${n}`),
    ]);
  });
});
