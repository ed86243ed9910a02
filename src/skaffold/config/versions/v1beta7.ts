import type { ConfigVersion } from './config-version.ts';

export const v1beta7: ConfigVersion = {
  name: 'v1beta7',
  changes: {
    BuildConfig: { without: ['insecureRegistries'] },
    ClusterDetails: { without: ['resources'] },
    ResourceRequirements: null,
    ResourceRequirement: null,
  },
};
