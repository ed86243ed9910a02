import type { ConfigVersion } from './config-version.ts';

export const v1beta11: ConfigVersion = {
  name: 'v1beta11',
  changes: {
    SkaffoldConfig: { without: ['portForward'] },
    Profile: { without: ['portForward'] },
    PortForwardResource: null,
  },
};
