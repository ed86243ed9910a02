import type { ConfigVersion } from './config-version.ts';

export const v1beta1: ConfigVersion = {
  name: 'v1beta1',
  changes: {
    KanikoBuild: { without: ['flags'] },
  },
};
