import type { ConfigVersion } from './config-version.ts';

export const v4beta9: ConfigVersion = {
  name: 'v4beta9',
  changes: {
    ConfigDependency: { without: ['googleCloudBuildRepoV2'] },
    GoogleCloudBuildRepoV2Info: null,
    BazelArtifact: { without: ['platforms'] },
    BazelPlatformMapping: null,
    KanikoArtifact: { without: ['copyMaxRetries', 'copyTimeout'] },
  },
};
