import type { ConfigVersion } from './config-version.ts';

export const v1beta12: ConfigVersion = {
  name: 'v1beta12',
  changes: {
    SkaffoldConfig: { without: ['metadata'] },
    Metadata: null,
    ClusterDetails: { without: ['HTTP_PROXY', 'HTTPS_PROXY', 'pullSecretMountPath'] },
    DeployConfig: { without: ['statusCheckDeadlineSeconds'] },
    HelmConventionConfig: { without: ['explicitRegistry'] },
    Sync: { without: ['infer'] },
    KanikoArtifact: { without: ['reproducible'] },
  },
};
