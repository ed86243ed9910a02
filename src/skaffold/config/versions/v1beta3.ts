import type { ConfigVersion } from './config-version.ts';

export const v1beta3: ConfigVersion = {
  name: 'v1beta3',
  changes: {
    HelmRelease: { without: ['skipBuildDependencies'] },
    Profile: { without: ['patches', 'activation'] },
    JSONPatch: null,
    Activation: null,
  },
};
