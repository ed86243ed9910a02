import type { ConfigVersion } from './config-version.ts';

export const v1beta2: ConfigVersion = {
  name: 'v1beta2',
  changes: {
    GoogleCloudBuild: { without: ['mavenImage', 'gradleImage'] },
    KanikoBuild: { without: ['dockerConfig'] },
    DockerConfig: null,
  },
};
