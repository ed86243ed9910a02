import type { Report } from '../../../diagnostics/problem.ts';
import {
  editMaps,
  entryOf,
  itemsOf,
  list,
  mapFrom,
  valueAt,
  withEntry,
  withoutEntry,
} from '../../../diagnostics/yaml/edit.ts';
import type { Located, LocatedMap } from '../../../diagnostics/yaml/located.ts';
import { quoted } from '../../../util/visible.ts';
import { listOf, mapOf, text, textOrNull, typed } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';
import { problem } from './version-problem.ts';

/** The first version. It has no profiles. */
export const v1alpha1: ConfigVersion = {
  name: 'v1alpha1',
  changes: {
    SkaffoldConfig: { without: ['profiles'] },
    Profile: null,
    BuildConfig: { fields: { tagPolicy: { shape: text } }, without: ['kaniko'] },
    TagPolicy: null,
    GitTagger: null,
    ShaTagger: null,
    EnvTemplateTagger: null,
    DateTimeTagger: null,
    LocalBuild: { without: ['useDockerCLI', 'useBuildkit'] },
    GoogleCloudBuild: { without: ['diskSizeGb', 'machineType', 'timeout', 'dockerImage'] },
    KanikoBuild: null,
    DeployConfig: { fields: { name: { shape: text } }, without: ['kustomize'] },
    KustomizeDeploy: null,
    KubectlDeploy: {
      fields: { manifests: { shape: listOf(typed('Manifest')) } },
      without: ['remoteManifests', 'flags'],
    },
    KubectlFlags: null,
    Manifest: {
      label: 'a manifest',
      fields: { paths: { shape: listOf(text) }, parameters: { shape: mapOf(text) } },
    },
    HelmRelease: {
      without: ['setValues', 'setValueTemplates', 'wait', 'recreatePods', 'overrides', 'packaged', 'imageStrategy'],
    },
    HelmPackaged: null,
    HelmImageStrategy: null,
    HelmFQNConfig: null,
    HelmConventionConfig: null,
    Artifact: {
      fields: { dockerfilePath: { shape: text }, buildArgs: { shape: mapOf(textOrNull) } },
      without: ['docker', 'bazel'],
    },
    DockerArtifact: null,
    BazelArtifact: null,
  },
  upgrade: (document, report) => {
    const build = editMaps(document, ['build'], (old) => withTagPolicy(old, report));
    const artifacts = editMaps(build, ['build', 'artifacts', '*'], withDocker);
    return editMaps(artifacts, ['deploy', 'kubectl'], (kubectl) => withManifests(kubectl, report));
  },
};

const policies = ['gitCommit', 'sha256'];

function withTagPolicy(build: LocatedMap, report: Report): LocatedMap {
  const policy = entryOf(build, 'tagPolicy')?.value;
  if (policy?.kind !== 'scalar') return build;
  if (policies.includes(policy.text))
    return withEntry(build, 'tagPolicy', mapFrom({ [policy.text]: mapFrom({}, policy.at) }, policy.at));
  report(
    problem('S041', policy.at, {
      field: `the tag policy ${quoted(policy.text)}`,
      effect: 'is unknown, so the default policy applies',
      help: 'use `gitCommit` or `sha256`',
    }),
  );
  return withoutEntry(build, 'tagPolicy');
}

const dockerFields = ['dockerfilePath', 'buildArgs'];

function withDocker(artifact: LocatedMap): LocatedMap {
  const entries = artifact.entries.filter(({ key }) => dockerFields.includes(key));
  const [first] = entries;
  if (!first) return artifact;
  const docker: LocatedMap = { kind: 'map', entries, at: first.value.at };
  return withEntry(withoutEntry(artifact, ...dockerFields), 'docker', docker, first.keyAt);
}

function withManifests(kubectl: LocatedMap, report: Report): LocatedMap {
  const manifests = valueAt(kubectl, 'manifests');
  if (manifests?.kind !== 'list') return kubectl;
  return withEntry(
    kubectl,
    'manifests',
    list(
      manifests.items.flatMap((item) => pathsOf(item, report)),
      manifests.at,
    ),
  );
}

function pathsOf(manifest: Located, report: Report): readonly Located[] {
  const parameters = entryOf(manifest, 'parameters');
  if (parameters)
    report(
      problem('S041', parameters.keyAt, {
        field: 'the field `parameters` of a manifest',
        effect: 'has no effect',
        help: 'check that the manifests need no parameters',
      }),
    );
  return itemsOf(valueAt(manifest, 'paths'));
}
