import type { ConfigVersion } from './config-version.ts';

export const v1beta5: ConfigVersion = {
  name: 'v1beta5',
  changes: {
    HelmDeploy: { without: ['flags'] },
    HelmDeployFlags: null,
  },
};
