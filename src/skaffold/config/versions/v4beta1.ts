import type { ConfigVersion } from './config-version.ts';

export const v4beta1: ConfigVersion = {
  name: 'v4beta1',
  changes: {
    Artifact: { without: ['runtimeType'] },
    KanikoArtifact: { without: ['ignorePaths'] },
    CloudRunDeploy: { without: ['hooks'] },
    CloudRunDeployHooks: null,
  },
};
