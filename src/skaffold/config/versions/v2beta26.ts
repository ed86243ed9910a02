import type { ConfigVersion } from './config-version.ts';

export const v2beta26: ConfigVersion = {
  name: 'v2beta26',
  changes: {
    BuildConfig: { without: ['platforms'] },
    Artifact: { without: ['platforms'] },
    HostHook: { without: ['dir'] },
    LogsConfig: { without: ['jsonParse'] },
    JSONParseConfig: null,
  },
};
