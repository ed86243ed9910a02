import type { ConfigVersion } from './config-version.ts';

export const v2beta21: ConfigVersion = {
  name: 'v2beta21',
  changes: {
    HelmDeploy: { without: ['hooks'] },
    KustomizeDeploy: { without: ['hooks'] },
  },
};
