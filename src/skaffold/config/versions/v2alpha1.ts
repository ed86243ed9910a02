import { editMaps, entryOf, valueAt, withEntry, withoutEntry } from '../../../diagnostics/yaml/edit.ts';
import type { LocatedMap } from '../../../diagnostics/yaml/located.ts';
import { text, typed, type Field } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';
import { eachPipeline } from './each-pipeline.ts';

/** Later versions deploy with several deployers at once. */
const deployer = (type: string): Field => ({ shape: typed(type), keepsZero: true, oneOf: 'deploy' });

export const v2alpha1: ConfigVersion = {
  name: 'v2alpha1',
  changes: {
    LocalBuild: { without: ['concurrency'] },
    GoogleCloudBuild: { without: ['packImage'] },
    DeployConfig: {
      fields: {
        helm: deployer('HelmDeploy'),
        kubectl: deployer('KubectlDeploy'),
        kustomize: deployer('KustomizeDeploy'),
      },
    },
    KanikoArtifact: {
      fields: { buildContext: { shape: typed('KanikoBuildContext'), keepsZero: true } },
      without: ['initImage'],
    },
    KanikoBuildContext: {
      label: 'a Kaniko build context',
      fields: {
        gcsBucket: { shape: text, oneOf: 'buildContext' },
        localDir: { shape: typed('LocalDir'), keepsZero: true, oneOf: 'buildContext' },
      },
    },
    LocalDir: { label: 'a local folder', fields: { initImage: { shape: text } } },
  },
  upgrade: (document) =>
    eachPipeline(document, (pipeline) =>
      editMaps(pipeline, ['build', 'artifacts', '*', 'kaniko'], withoutBuildContext),
    ),
};

/** Sources always come from the local folder in later versions. A bucket stays, so that the caller warns about it. */
function withoutBuildContext(kaniko: LocatedMap): LocatedMap {
  const context = entryOf(kaniko, 'buildContext');
  if (context?.value.kind !== 'map') return kaniko;
  const bucket = entryOf(context.value, 'gcsBucket');
  const rest = bucket
    ? withEntry(kaniko, 'buildContext', withoutEntry(context.value, 'localDir'))
    : withoutEntry(kaniko, 'buildContext');
  const image = entryOf(valueAt(context.value, 'localDir'), 'initImage');
  return image ? withEntry(rest, 'initImage', image.value, image.keyAt) : rest;
}
