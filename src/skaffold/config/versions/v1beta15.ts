import type { ConfigVersion } from './config-version.ts';

export const v1beta15: ConfigVersion = {
  name: 'v1beta15',
  changes: {
    DeployConfig: { without: ['kubeContext'] },
    KanikoArtifact: { without: ['skipTLS'] },
  },
};
