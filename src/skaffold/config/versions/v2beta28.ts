import type { ConfigVersion } from './config-version.ts';

export const v2beta28: ConfigVersion = {
  name: 'v2beta28',
  changes: {
    GoogleCloudBuild: { without: ['region'] },
  },
};
