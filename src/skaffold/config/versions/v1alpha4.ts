import type { ConfigVersion } from './config-version.ts';

export const v1alpha4: ConfigVersion = {
  name: 'v1alpha4',
  changes: {
    BuildConfig: { without: ['acr'] },
    AzureContainerBuild: null,
  },
};
