import type { ConfigVersion } from './config-version.ts';

export const v2beta19: ConfigVersion = {
  name: 'v2beta19',
  changes: {
    KanikoArtifact: { without: ['pushRetry'] },
  },
};
