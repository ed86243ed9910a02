import type { ConfigVersion } from './config-version.ts';

export const v2alpha4: ConfigVersion = {
  name: 'v2alpha4',
  changes: {
    Sync: { without: ['auto'] },
    Auto: null,
  },
};
