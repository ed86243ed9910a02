import { editMaps, entryOf, list, mapFrom, replaced } from '../../../diagnostics/yaml/edit.ts';
import type { LocatedMap } from '../../../diagnostics/yaml/located.ts';
import { text } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';
import { eachPipeline } from './each-pipeline.ts';

export const v1alpha2: ConfigVersion = {
  name: 'v1alpha2',
  changes: {
    KanikoBuild: { fields: { gcsBucket: { shape: text } }, without: ['buildContext'] },
    KanikoBuildContext: null,
    HelmRelease: { fields: { valuesFilePath: { shape: text } }, without: ['valuesFiles'] },
  },
  upgrade: (document) =>
    eachPipeline(document, (pipeline) =>
      editMaps(editMaps(pipeline, ['build', 'kaniko'], withBuildContext), releases, withValuesFiles),
    ),
};

const releases = ['deploy', 'helm', 'releases', '*'];

function withBuildContext(kaniko: LocatedMap): LocatedMap {
  const bucket = entryOf(kaniko, 'gcsBucket');
  if (!bucket) return kaniko;
  const gcsBucket = bucket.value;
  return replaced(kaniko, 'gcsBucket', 'buildContext', mapFrom({ gcsBucket }, gcsBucket.at));
}

function withValuesFiles(release: LocatedMap): LocatedMap {
  const file = entryOf(release, 'valuesFilePath')?.value;
  return file ? replaced(release, 'valuesFilePath', 'valuesFiles', list([file], file.at)) : release;
}
