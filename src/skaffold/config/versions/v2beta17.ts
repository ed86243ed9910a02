import type { ConfigVersion } from './config-version.ts';

export const v2beta17: ConfigVersion = {
  name: 'v2beta17',
  changes: {
    ClusterDetails: { without: ['nodeSelector'] },
    TestCase: { without: ['structureTestsArgs'] },
  },
};
