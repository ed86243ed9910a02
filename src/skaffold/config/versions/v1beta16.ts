import type { ConfigVersion } from './config-version.ts';

export const v1beta16: ConfigVersion = {
  name: 'v1beta16',
  changes: {
    ResourceRequirement: { without: ['ephemeralStorage', 'resourceStorage'] },
  },
};
