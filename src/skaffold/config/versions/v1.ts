import type { ConfigVersion } from './config-version.ts';

export const v1: ConfigVersion = {
  name: 'v1',
  changes: {
    PortForwardResource: { without: ['address'] },
    BuildpackArtifact: { without: ['env'] },
    KanikoArtifact: { without: ['env'] },
  },
};
