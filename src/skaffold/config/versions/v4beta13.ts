import type { ConfigVersion } from './config-version.ts';

export const v4beta13: ConfigVersion = {
  name: 'v4beta13',
  changes: {
    BuildpackArtifact: { without: ['buildArgs'] },
  },
};
