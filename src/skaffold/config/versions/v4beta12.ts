import type { ConfigVersion } from './config-version.ts';

export const v4beta12: ConfigVersion = {
  name: 'v4beta12',
  changes: {
    HelmDeployFlags: { without: ['depBuild', 'template'] },
  },
};
