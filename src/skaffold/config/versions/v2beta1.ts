import type { ConfigVersion } from './config-version.ts';

export const v2beta1: ConfigVersion = {
  name: 'v2beta1',
  changes: {},
};
