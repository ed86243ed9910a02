import { editMaps, entryOf, list, renamed, withEntry } from '../../../diagnostics/yaml/edit.ts';
import type { LocatedMap } from '../../../diagnostics/yaml/located.ts';
import { typed } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';
import { eachPipeline } from './each-pipeline.ts';

export const v2beta22: ConfigVersion = {
  name: 'v2beta22',
  changes: {
    DockerArtifact: {
      fields: { secret: { shape: typed('DockerSecret'), keepsZero: true } },
      without: ['secrets'],
    },
    DeployConfig: { without: ['docker'] },
    DockerDeploy: null,
  },
  upgrade: (document) =>
    eachPipeline(document, (pipeline) => editMaps(pipeline, ['build', 'artifacts', '*', 'docker'], withSecrets)),
};

function withSecrets(docker: LocatedMap): LocatedMap {
  const secret = entryOf(docker, 'secret')?.value;
  return secret ? withEntry(renamed(docker, 'secret', 'secrets'), 'secrets', list([secret], secret.at)) : docker;
}
