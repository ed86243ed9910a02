import type { ConfigVersion } from './config-version.ts';

export const v1beta10: ConfigVersion = {
  name: 'v1beta10',
  changes: {
    KanikoCache: { without: ['hostPath'] },
    HelmRelease: { without: ['remote'] },
  },
};
