import { editMaps, renamed } from '../../../diagnostics/yaml/edit.ts';
import { mapOf, text } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';
import { eachPipeline } from './each-pipeline.ts';

export const v2beta3: ConfigVersion = {
  name: 'v2beta3',
  changes: {
    HelmRelease: { fields: { values: { shape: mapOf(text) } }, without: ['artifactOverrides'] },
  },
  upgrade: (document) =>
    eachPipeline(document, (pipeline) =>
      editMaps(pipeline, ['deploy', 'helm', 'releases', '*'], (release) =>
        renamed(release, 'values', 'artifactOverrides'),
      ),
    ),
};
