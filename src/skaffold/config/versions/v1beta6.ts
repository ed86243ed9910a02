import { editMaps, entryOf, replaced, withEntry } from '../../../diagnostics/yaml/edit.ts';
import type { LocatedMap } from '../../../diagnostics/yaml/located.ts';
import { listOf, text, typed } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';
import { eachPipeline } from './each-pipeline.ts';

export const v1beta6: ConfigVersion = {
  name: 'v1beta6',
  changes: {
    BuildConfig: {
      fields: { kaniko: { shape: typed('KanikoBuild'), keepsZero: true, oneOf: 'build' } },
      without: ['cluster'],
    },
    ClusterDetails: null,
    KanikoBuild: {
      label: 'a Kaniko build',
      fields: {
        buildContext: { shape: typed('KanikoBuildContext'), keepsZero: true },
        cache: { shape: typed('KanikoCache'), keepsZero: true },
        flags: { shape: listOf(text) },
        pullSecret: { shape: text },
        pullSecretName: { shape: text },
        namespace: { shape: text },
        timeout: { shape: text },
        image: { shape: text },
        dockerConfig: { shape: typed('DockerConfig'), keepsZero: true },
      },
    },
    LocalDir: { without: ['initImage'] },
    Artifact: { without: ['kaniko'] },
    KanikoArtifact: null,
    HelmRelease: { without: ['useHelmSecrets'] },
  },
  upgrade: (document) => eachPipeline(document, (pipeline) => editMaps(pipeline, ['build'], withCluster)),
};

const artifactFields = ['buildContext', 'cache', 'flags', 'image'];

/** Splits the settings of Kaniko into those of the cluster and those of each artifact. */
function withCluster(build: LocatedMap): LocatedMap {
  const kaniko = entryOf(build, 'kaniko');
  if (kaniko?.value.kind !== 'map') return build;
  const { entries } = kaniko.value;
  const ofArtifact = { ...kaniko.value, entries: entries.filter(({ key }) => artifactFields.includes(key)) };
  const ofCluster = { ...kaniko.value, entries: entries.filter(({ key }) => !artifactFields.includes(key)) };
  return editMaps(replaced(build, 'kaniko', 'cluster', ofCluster), ['artifacts', '*'], (artifact) =>
    withEntry(artifact, 'kaniko', ofArtifact, kaniko.keyAt),
  );
}
