import type { ConfigVersion } from './config-version.ts';

export const v2beta15: ConfigVersion = {
  name: 'v2beta15',
  changes: {
    DeployConfig: { without: ['statusCheck'] },
  },
};
