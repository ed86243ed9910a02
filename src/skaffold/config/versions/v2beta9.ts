import type { ConfigVersion } from './config-version.ts';

export const v2beta9: ConfigVersion = {
  name: 'v2beta9',
  changes: {
    DockerArtifact: { without: ['ssh'] },
  },
};
