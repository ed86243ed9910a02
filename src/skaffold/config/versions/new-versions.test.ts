import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SourceText } from '../../../diagnostics/source-text.ts';
import { list, scalar } from '../../../diagnostics/yaml/edit.ts';
import { plainValue, type Located, type LocatedMap } from '../../../diagnostics/yaml/located.ts';
import type { Diagnostic } from '../../../model/diagnostic.ts';
import { newestTypes, newestVersion } from '../../schema/newest-types.ts';
import { dropUnknown } from '../shape/drop-unknown.ts';
import { checkShape } from '../shape/check-shape.ts';
import { earlierTypes, rootType, type Shape, type TypeShapes } from '../shape/shape.ts';
import { newVersions } from './new-versions.ts';

const names = [...newVersions.map(({ name }) => name), newestVersion];

/** The types of each version, oldest first, the newest last. */
const typesOf: readonly TypeShapes[] = newVersions.reduceRight<readonly TypeShapes[]>(
  (newer, { changes }) => [earlierTypes(newer[0] ?? newestTypes, changes), ...newer],
  [newestTypes],
);

/** What each version adds to the one before it, and what it removes. A type stands without its fields. */
const history = `
v2beta2:
v2beta3: +ClusterDetails.runAsUser +ClusterDetails.serviceAccount +GitTagger.prefix +GoogleCloudBuild.logStreamingOption +GoogleCloudBuild.logging
v2beta4: +HelmRelease.artifactOverrides -HelmRelease.values
v2beta5: +Artifact.buildpacks +BuildpackArtifact.projectDescriptor +BuildpackArtifact.trustBuilder +ClusterDetails.annotations +ClusterDetails.pullSecretPath +ClusterDetails.tolerations +HelmRelease.upgradeOnChange -Artifact.buildpack -ClusterDetails.pullSecret
v2beta6: +CustomTemplateTagger +DeployConfig.logs +GoogleCloudBuild.workerPool +LogsConfig +TagPolicy.customTemplate +TaggerComponent
v2beta7: +DeployConfig.kpt +KptDeploy +KptFn +KptLive +KptLiveApply
v2beta8: +DockerArtifact.secret +DockerSecret +HelmRelease.createNamespace +KptApplyInventory +KptApplyOptions +KptFn.sinkDir +KptLive.options +KubectlDeploy.defaultNamespace +KustomizeDeploy.defaultNamespace +LocalBuild.tryImportMissing -KptDeploy.applyDir -KptLive.inventoryID -KptLive.inventoryNamespace -KptLiveApply
v2beta9: +Artifact.requires +ArtifactDependency +JibArtifact.fromImage +KanikoArtifact.cleanup +KanikoArtifact.digestFile +KanikoArtifact.force +KanikoArtifact.imageNameWithDigestFile +KanikoArtifact.insecure +KanikoArtifact.insecurePull +KanikoArtifact.insecureRegistry +KanikoArtifact.label +KanikoArtifact.logFormat +KanikoArtifact.logTimestamp +KanikoArtifact.noPush +KanikoArtifact.ociLayoutPath +KanikoArtifact.registryCertificate +KanikoArtifact.registryMirror +KanikoArtifact.singleSnapshot +KanikoArtifact.skipTLSVerifyPull +KanikoArtifact.skipTLSVerifyRegistry +KanikoArtifact.skipUnusedStages +KanikoArtifact.snapshotMode +KanikoArtifact.tarPath +KanikoArtifact.useNewRun +KanikoArtifact.verbosity +KanikoArtifact.whitelistVarRun +KanikoCache.ttl -Auto -KanikoArtifact.flags
v2beta10: +DockerArtifact.ssh
v2beta11: +ConfigDependency +DockerArtifact.squash +GitTagger.ignoreChanges +ProfileDependency +SkaffoldConfig.requires
v2beta12: +ConfigDependency.git +GitInfo
v2beta13: +CustomTest +CustomTestDependencies +HelmRelease.remoteChart +HelmRelease.repo +TestCase.custom -HelmRelease.remote
v2beta14: +InputDigest +TagPolicy.inputDigest +TaggerComponent.inputDigest +TestCase.context
v2beta15: +DockerArtifact.addHost
v2beta16: +DeployConfig.statusCheck
v2beta17: +BuildpackArtifact.volumes +BuildpackVolume -DockerSecret.dst
v2beta18: +ClusterDetails.nodeSelector +TestCase.structureTestsArgs
v2beta19: +Artifact.hooks +BuildHooks +ContainerHook +HostHook +Sync.hooks +SyncHookItem +SyncHooks
v2beta20: +KanikoArtifact.pushRetry
v2beta21: +DeployHookItem +DeployHooks +DockerArtifact.cliFlags +KanikoArtifact.imageFSExtractRetry +KubectlDeploy.hooks +NamedContainerHook
v2beta22: +HelmDeploy.hooks +KustomizeDeploy.hooks
v2beta23: +DeployConfig.docker +DockerArtifact.secrets +DockerDeploy -DockerArtifact.secret
v2beta24: +DockerSecret.env
v2beta25: +KanikoCache.cacheCopyLayers
v2beta26: +Artifact.ko +DockerArtifact.pullParent +KoArtifact +KoDependencies
v2beta27: +Artifact.platforms +BuildConfig.platforms +HostHook.dir +JSONParseConfig +LogsConfig.jsonParse
v2beta28: +Profile.resourceSelector +ResourceFilter +ResourceSelectorConfig +SkaffoldConfig.resourceSelector -KoArtifact.platforms
v2beta29: +GoogleCloudBuild.region
v3alpha1: +BuildpackArtifact.clearCache +CloudRunDeploy +DeployConfig.cloudrun +GoogleCloudBuild.koImage +GoogleCloudBuild.platformEmulatorInstallStep +GoogleCloudBuild.serviceAccount +Helm +KanikoArtifact.contextSubPath +KptDeploy.applyFlags +KptDeploy.defaultNamespace +KptDeploy.false +KptDeploy.flags +KptDeploy.inventoryID +KptDeploy.name +KptDeploy.namespace +Kustomize +LegacyHelmDeploy +Metadata.annotations +Metadata.labels +PlatformEmulatorInstallStep +Profile.manifests +Profile.requiresAllActivations +Profile.verify +RenderConfig +RenderHookItem +RenderHooks +ResourceFilter.podSpec +SkaffoldConfig.manifests +SkaffoldConfig.verify +Transformer +Validator +VerifyContainer +VerifyEnvVar +VerifyTestCase -DeployConfig.kustomize -HelmConventionConfig -HelmDeploy -HelmFQNConfig -HelmImageStrategy -HelmRelease.artifactOverrides -HelmRelease.imageStrategy -KptApplyInventory -KptApplyOptions -KptDeploy.fn -KptDeploy.live -KptFn -KptLive -KubectlDeploy.manifests -KustomizeDeploy
v3:
v4beta1: +DeployConfig.tolerateFailuresUntilDeadline +HelmRelease.skipTests +RemoteManifest +RenderConfig.remoteManifests
v4beta2: +Artifact.runtimeType +CloudRunDeploy.hooks +CloudRunDeployHooks +KanikoArtifact.ignorePaths
v4beta3:
v4beta4: +KubernetesClusterVerifier +LocalVerifier +VerifyExecutionModeConfig +VerifyTestCase.executionMode -VerifyContainer.envfrom -VerifyContainer.imagepullpolicy -VerifyContainer.lifecycle -VerifyContainer.livenessprobe -VerifyContainer.ports -VerifyContainer.readinessprobe -VerifyContainer.resources -VerifyContainer.securitycontext -VerifyContainer.startupprobe -VerifyContainer.stdin -VerifyContainer.stdinonce -VerifyContainer.terminationmessagepath -VerifyContainer.terminationmessagepolicy -VerifyContainer.tty -VerifyContainer.volumedevices -VerifyContainer.volumemounts -VerifyContainer.workingdir -VerifyEnvVar.valuefrom
v4beta5: +Action +ActionExecutionModeConfig +Profile.customActions +SkaffoldConfig.customActions -KanikoArtifact.noPush
v4beta6: +VerifyTestCase.timeout
v4beta7: +BuildConfig.hooks +ConfigDependency.googleCloudStorage +GoogleCloudStorageInfo
v4beta8: +KptDeploy.force +LocalVerifier.useLocalImages -KptDeploy.false
v4beta9: +PostRenderHookItem +PostRenderHostHook
v4beta10: +BazelArtifact.platforms +BazelPlatformMapping +ConfigDependency.googleCloudBuildRepoV2 +GoogleCloudBuildRepoV2Info +KanikoArtifact.copyMaxRetries +KanikoArtifact.copyTimeout
v4beta11: +KanikoArtifact.destination
v4beta12: +ClusterDetails.labels +GoogleCloudBuild.bucket +HelmRelease.dependsOn +KanikoArtifact.buildContextCompressionLevel +KanikoArtifact.imagePullSecret +KanikoCache.cacheRunLayers +LegacyHelmDeploy.concurrency
v4beta13: +HelmDeployFlags.depBuild +HelmDeployFlags.template
v4beta14: +BuildpackArtifact.buildArgs
`;

/** Returns the types of one version that another does not have, and the fields of types that both have. */
function beyond(types: TypeShapes, others: TypeShapes): string[] {
  return Object.entries(types).flatMap(([name, { fields }]) => {
    const other = others[name];
    if (!other) return [name];
    return Object.keys(fields).flatMap((field) => (field in other.fields ? [] : [`${name}.${field}`]));
  });
}

function typesIn(shape: Shape): readonly string[] {
  if (shape.kind === 'type') return [shape.name];
  if (shape.kind === 'list') return typesIn(shape.items);
  return shape.kind === 'map' ? typesIn(shape.values) : [];
}

describe('the types of the new versions', () => {
  it('change as they did in Skaffold', () => {
    const changes = typesOf.slice(1).map((types, i) => {
      const before = typesOf[i] ?? {};
      const added = beyond(types, before).map((name) => `+${name}`);
      const removed = beyond(before, types).map((name) => `-${name}`);
      return `${names[i + 1]}: ${[...added, ...removed].sort().join(' ')}`.trim();
    });
    expect(changes).toEqual(history.trim().split('\n'));
  });

  it.each(names)('are all reached from a document of %s, and only they', (name) => {
    const types = typesOf[names.indexOf(name)] ?? {};
    const reached = new Set([rootType]);
    for (const type of reached)
      for (const { shape } of Object.values(types[type]?.fields ?? {}))
        for (const inner of typesIn(shape)) reached.add(inner);
    expect([...reached].sort()).toEqual(Object.keys(types).sort());
  });

  it('keep what differs from an absent field, in types that only old versions have', () => {
    const kept = (version: string, type: string) =>
      Object.entries(typesOf[names.indexOf(version)]?.[type]?.fields ?? {}).flatMap(([name, { keepsZero }]) =>
        keepsZero ? [name] : [],
      );
    expect(kept('v2beta29', 'DeployConfig')).toEqual(
      expect.arrayContaining(['docker', 'helm', 'kpt', 'kubectl', 'kustomize']),
    );
    expect(kept('v2beta29', 'HelmImageStrategy')).toEqual(['fqn', 'helm']);
    expect(kept('v2beta29', 'KustomizeDeploy')).toEqual(['defaultNamespace']);
    expect(kept('v2beta22', 'DockerArtifact')).toEqual(['secret']);
    expect(kept('v2beta8', 'Sync')).toEqual(['auto']);
    expect(kept('v2beta4', 'Artifact')).toContain('buildpack');
    expect(kept('v4beta3', 'VerifyTestCase')).toEqual([]);
  });
});

const at = new SourceText('skaffold.yaml', 'x').span(0, 1);

const mapFrom = (values: Readonly<Record<string, Located | undefined>>): LocatedMap => ({
  kind: 'map',
  entries: Object.entries(values).flatMap(([key, value]) => (value ? [{ key, keyAt: at, value }] : [])),
  at,
});

const paths = [
  ...['/deploy/kubectl/manifests/0', '/deploy/kustomize/paths', '/deploy/kpt/dir', '/deploy/helm', '/build'],
  ...['/deploy/helm/hooks/before', '/deploy/helm/releases/0/artifactOverrides/image', '/deploy/helm/releases/-'],
  '/deploy/helm/releases/12/artifactOverrides/image',
];

/** Any value of a shape, with a few fields of each type. */
function anyOf(shape: Shape, types: TypeShapes, depth: number): fc.Arbitrary<Located> {
  const inner = (values: Shape) => anyOf(values, types, depth - 1);
  switch (shape.kind) {
    case 'text':
      return fc.constantFrom('', 'a', 'b/c:d', '{{.X}}', 'true', ...paths).map((text) => scalar(text, at));
    case 'boolean':
      return fc.boolean().map((value) => scalar(value, at));
    case 'integer':
      return fc.integer().map((value) => scalar(value, at));
    case 'any':
      return fc.constantFrom(scalar(null, at), scalar(1, at), list([], at), mapFrom({ a: scalar('b', at) }));
    case 'list':
      return fc.array(inner(shape.items), { maxLength: depth > 0 ? 2 : 0 }).map((items) => list(items, at));
    case 'map':
      return fc.dictionary(fc.constantFrom('a', 'b.c'), inner(shape.values), { maxKeys: 2 }).map(mapFrom);
    case 'flatMap':
      return fc.dictionary(fc.constantFrom('image', 'b.c'), inner({ kind: 'text' }), { maxKeys: 2 }).map(mapFrom);
    case 'type': {
      const fields = depth > 0 ? Object.entries(types[shape.name]?.fields ?? {}) : [];
      const parts = Object.fromEntries(fields.map(([name, field]) => [name, inner(field.shape)]));
      return fc.record(parts, { requiredKeys: [] }).map(mapFrom);
    }
  }
}

function keysAreUnique(node: Located): boolean {
  if (node.kind !== 'map') return node.kind === 'scalar' || node.items.every(keysAreUnique);
  const keys = new Set(node.entries.map(({ key }) => key));
  return keys.size === node.entries.length && node.entries.every(({ value }) => keysAreUnique(value));
}

const fails = ({ message }: Diagnostic) => {
  throw new Error(message);
};

const upgrades = newVersions.flatMap(({ name, upgrade }, i) => (upgrade ? [{ name, upgrade, i }] : []));

describe('upgrades', () => {
  it.each(upgrades)('of $name take any document, and leave what the next version has', ({ name, upgrade, i }) => {
    const types = typesOf[i] ?? {};
    const dropped = new Set<string>();
    fc.assert(
      fc.property(anyOf({ kind: 'type', name: rootType }, types, 7), (root) => {
        const document = checkShape(root, rootType, types, fails);
        const upgraded = upgrade(document, () => undefined);
        expect(keysAreUnique(upgraded)).toBe(true);
        const next = dropUnknown(upgraded, rootType, typesOf[i + 1] ?? {}, ({ key }, _, type) =>
          dropped.add(`${type}.${key}`),
        );
        checkShape(next, rootType, typesOf[i + 1] ?? {}, fails);
      }),
      { numRuns: 50 },
    );
    // An upgrade removes what it has rewritten.
    const lost = new Set(name === 'v2beta8' ? ['KanikoArtifact.flags'] : []);
    expect([...dropped].filter((field) => !lost.has(field))).toEqual([]);
  });

  it('of other versions than these change nothing', () => {
    expect(upgrades.map(({ name }) => name)).toEqual([
      ...['v2beta3', 'v2beta4', 'v2beta8', 'v2beta12', 'v2beta22', 'v2beta27', 'v2beta29', 'v3', 'v4beta7'],
    ]);
  });

  it.each(upgrades)('of $name keep a document without what has changed', ({ upgrade }) => {
    const forward = mapFrom({ resourceType: scalar('pod', at), port: scalar('http', at) });
    const document = mapFrom({
      build: mapFrom({ artifacts: list([mapFrom({ image: scalar('web', at), docker: mapFrom({}) })], at) }),
      deploy: mapFrom({ kubectl: mapFrom({}) }),
      portForward: list([forward], at),
      profiles: list(
        [mapFrom({ name: scalar('p', at), patches: list([mapFrom({ path: scalar('/x', at) })], at) })],
        at,
      ),
    });
    expect(plainValue(upgrade(document, fails))).toEqual(plainValue(document));
  });
});
