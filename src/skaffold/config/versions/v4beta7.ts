import { editMaps, renamed } from '../../../diagnostics/yaml/edit.ts';
import { boolean } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';
import { eachPipeline } from './each-pipeline.ts';

export const v4beta7: ConfigVersion = {
  name: 'v4beta7',
  changes: {
    LocalVerifier: { without: ['useLocalImages'] },
    // Skaffold's mistake: the field `force` had the name `false`.
    KptDeploy: { fields: { false: { shape: boolean } }, without: ['force'] },
  },
  upgrade: (document) =>
    eachPipeline(document, (pipeline) =>
      editMaps(pipeline, ['deploy', 'kpt'], (kpt) => renamed(kpt, 'false', 'force')),
    ),
};
