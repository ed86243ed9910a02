import type { ConfigVersion } from './config-version.ts';

export const v4beta5: ConfigVersion = {
  name: 'v4beta5',
  changes: {
    VerifyTestCase: { without: ['timeout'] },
  },
};
