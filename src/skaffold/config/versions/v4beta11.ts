import type { ConfigVersion } from './config-version.ts';

export const v4beta11: ConfigVersion = {
  name: 'v4beta11',
  changes: {
    GoogleCloudBuild: { without: ['bucket'] },
    ClusterDetails: { without: ['labels'] },
    KanikoArtifact: { without: ['imagePullSecret', 'buildContextCompressionLevel'] },
    KanikoCache: { without: ['cacheRunLayers'] },
    LegacyHelmDeploy: { without: ['concurrency'] },
    HelmRelease: { without: ['dependsOn'] },
  },
};
