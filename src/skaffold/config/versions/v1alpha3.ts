import { editMaps, entryOf, renamed, replaced, scalar } from '../../../diagnostics/yaml/edit.ts';
import type { LocatedMap } from '../../../diagnostics/yaml/located.ts';
import { boolean, text, typed } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';
import { eachPipeline } from './each-pipeline.ts';

export const v1alpha3: ConfigVersion = {
  name: 'v1alpha3',
  changes: {
    SkaffoldConfig: { without: ['test'] },
    Profile: { without: ['test'] },
    TestCase: null,
    LocalBuild: { fields: { skipPush: { shape: boolean, keepsZero: true } }, without: ['push'] },
    KanikoBuild: { fields: { buildContext: { shape: typed('KanikoBuildContext') } }, without: ['image'] },
    KanikoBuildContext: { without: ['localDir'] },
    LocalDir: null,
    KustomizeDeploy: { fields: { kustomizePath: { shape: text } }, without: ['path'] },
    Artifact: {
      fields: { imageName: { shape: text }, workspace: { shape: text } },
      without: ['image', 'context', 'sync', 'jibMaven', 'jibGradle'],
    },
    JibMavenArtifact: null,
    JibGradleArtifact: null,
    DockerArtifact: { fields: { dockerfilePath: { shape: text } }, without: ['dockerfile'] },
  },
  upgrade: (document) =>
    eachPipeline(document, (pipeline) => {
      const local = editMaps(pipeline, ['build', 'local'], withPush);
      const artifacts = editMaps(local, ['build', 'artifacts', '*'], withNewNames);
      return editMaps(artifacts, ['deploy', 'kustomize'], (kustomize) => renamed(kustomize, 'kustomizePath', 'path'));
    }),
};

function withPush(local: LocatedMap): LocatedMap {
  const skip = entryOf(local, 'skipPush')?.value;
  if (skip?.kind !== 'scalar' || typeof skip.value !== 'boolean') return local;
  return replaced(local, 'skipPush', 'push', scalar(!skip.value, skip.at));
}

function withNewNames(artifact: LocatedMap): LocatedMap {
  const named = renamed(renamed(artifact, 'imageName', 'image'), 'workspace', 'context');
  return editMaps(named, ['docker'], (docker) => renamed(docker, 'dockerfilePath', 'dockerfile'));
}
