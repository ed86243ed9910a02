import type { ConfigVersion } from './config-version.ts';

export const v1beta17: ConfigVersion = {
  name: 'v1beta17',
  changes: {
    Artifact: { without: ['buildpack'] },
    BuildpackArtifact: null,
    BuildpackDependencies: null,
  },
};
