import type { ConfigVersion } from './config-version.ts';

export const v1beta14: ConfigVersion = {
  name: 'v1beta14',
  changes: {
    HelmRelease: { without: ['setFiles'] },
    KustomizeDeploy: { without: ['buildArgs'] },
  },
};
