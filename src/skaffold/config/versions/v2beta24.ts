import type { ConfigVersion } from './config-version.ts';

export const v2beta24: ConfigVersion = {
  name: 'v2beta24',
  changes: {
    KanikoCache: { without: ['cacheCopyLayers'] },
  },
};
