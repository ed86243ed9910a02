import type { ConfigVersion } from './config-version.ts';

export const v1beta4: ConfigVersion = {
  name: 'v1beta4',
  changes: {
    BuildConfig: { without: ['executionEnvironment'] },
    ExecutionEnvironment: null,
    Artifact: { without: ['plugin'] },
    BuilderPlugin: null,
    JibMavenArtifact: { without: ['args'] },
    JibGradleArtifact: { without: ['args'] },
  },
};
