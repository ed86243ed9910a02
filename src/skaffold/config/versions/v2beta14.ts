import type { ConfigVersion } from './config-version.ts';

export const v2beta14: ConfigVersion = {
  name: 'v2beta14',
  changes: {
    DockerArtifact: { without: ['addHost'] },
  },
};
