import { editMaps, entryOf, list, replaced } from '../../../diagnostics/yaml/edit.ts';
import type { LocatedMap } from '../../../diagnostics/yaml/located.ts';
import { boolean, text } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';
import { eachPipeline } from './each-pipeline.ts';

export const v2alpha2: ConfigVersion = {
  name: 'v2alpha2',
  changes: {
    ClusterDetails: { without: ['volumes', 'randomPullSecret', 'randomDockerConfigSecret'] },
    KubectlFlags: { without: ['disableValidation'] },
    KustomizeDeploy: { fields: { path: { shape: text } }, without: ['paths'] },
    BuildpackArtifact: { fields: { forcePull: { shape: boolean } }, without: ['buildpacks'] },
    KanikoArtifact: { without: ['volumeMounts'] },
  },
  upgrade: (document) =>
    eachPipeline(document, (pipeline) => editMaps(pipeline, ['deploy', 'kustomize'], withSeveralPaths)),
};

function withSeveralPaths(kustomize: LocatedMap): LocatedMap {
  const path = entryOf(kustomize, 'path')?.value;
  return path ? replaced(kustomize, 'path', 'paths', list([path], path.at)) : kustomize;
}
