import type { ConfigVersion } from './config-version.ts';

export const v4beta10: ConfigVersion = {
  name: 'v4beta10',
  changes: {
    KanikoArtifact: { without: ['destination'] },
  },
};
