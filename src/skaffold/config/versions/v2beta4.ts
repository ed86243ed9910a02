import { editMaps, renamed } from '../../../diagnostics/yaml/edit.ts';
import type { LocatedMap } from '../../../diagnostics/yaml/located.ts';
import { text, typed } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';
import { eachPipeline } from './each-pipeline.ts';

export const v2beta4: ConfigVersion = {
  name: 'v2beta4',
  changes: {
    ClusterDetails: {
      fields: { pullSecret: { shape: text } },
      without: ['pullSecretPath', 'tolerations', 'annotations'],
    },
    Artifact: {
      fields: { buildpack: { shape: typed('BuildpackArtifact'), keepsZero: true, oneOf: 'artifact' } },
      without: ['buildpacks'],
    },
    BuildpackArtifact: { without: ['trustBuilder', 'projectDescriptor'] },
    HelmRelease: { without: ['upgradeOnChange'] },
  },
  upgrade: (document) => eachPipeline(document, withNewNames),
};

function withNewNames(pipeline: LocatedMap): LocatedMap {
  const named = editMaps(pipeline, ['build', 'cluster'], (cluster) => renamed(cluster, 'pullSecret', 'pullSecretPath'));
  return editMaps(named, ['build', 'artifacts', '*'], (artifact) => renamed(artifact, 'buildpack', 'buildpacks'));
}
