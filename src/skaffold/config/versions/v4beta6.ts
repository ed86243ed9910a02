import type { ConfigVersion } from './config-version.ts';

export const v4beta6: ConfigVersion = {
  name: 'v4beta6',
  changes: {
    BuildConfig: { without: ['hooks'] },
    ConfigDependency: { without: ['googleCloudStorage'] },
    GoogleCloudStorageInfo: null,
  },
};
