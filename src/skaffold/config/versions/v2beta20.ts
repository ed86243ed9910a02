import type { ConfigVersion } from './config-version.ts';

export const v2beta20: ConfigVersion = {
  name: 'v2beta20',
  changes: {
    KanikoArtifact: { without: ['imageFSExtractRetry'] },
    DockerArtifact: { without: ['cliFlags'] },
    KubectlDeploy: { without: ['hooks'] },
    DeployHooks: null,
    DeployHookItem: null,
    NamedContainerHook: null,
  },
};
