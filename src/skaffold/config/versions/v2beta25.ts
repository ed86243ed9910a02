import type { ConfigVersion } from './config-version.ts';

export const v2beta25: ConfigVersion = {
  name: 'v2beta25',
  changes: {
    Artifact: { without: ['ko'] },
    KoArtifact: null,
    KoDependencies: null,
    DockerArtifact: { without: ['pullParent'] },
  },
};
