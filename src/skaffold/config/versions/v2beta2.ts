import type { ConfigVersion } from './config-version.ts';

export const v2beta2: ConfigVersion = {
  name: 'v2beta2',
  changes: {
    GitTagger: { without: ['prefix'] },
    GoogleCloudBuild: { without: ['logging', 'logStreamingOption'] },
    ClusterDetails: { without: ['serviceAccount', 'runAsUser'] },
  },
};
