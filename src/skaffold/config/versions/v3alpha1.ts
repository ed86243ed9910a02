import type { ConfigVersion } from './config-version.ts';

export const v3alpha1: ConfigVersion = {
  name: 'v3alpha1',
  changes: {},
};
