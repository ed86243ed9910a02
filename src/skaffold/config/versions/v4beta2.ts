import type { ConfigVersion } from './config-version.ts';

export const v4beta2: ConfigVersion = {
  name: 'v4beta2',
  changes: {},
};
