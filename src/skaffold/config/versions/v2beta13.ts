import type { ConfigVersion } from './config-version.ts';

export const v2beta13: ConfigVersion = {
  name: 'v2beta13',
  changes: {
    TagPolicy: { without: ['inputDigest'] },
    TaggerComponent: { without: ['inputDigest'] },
    InputDigest: null,
    TestCase: { without: ['context'] },
  },
};
