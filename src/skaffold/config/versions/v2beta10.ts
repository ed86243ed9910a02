import { integer } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';

export const v2beta10: ConfigVersion = {
  name: 'v2beta10',
  changes: {
    SkaffoldConfig: { without: ['requires'] },
    ConfigDependency: null,
    ProfileDependency: null,
    GitTagger: { without: ['ignoreChanges'] },
    DockerArtifact: { without: ['squash'] },
    PortForwardResource: { fields: { port: { shape: integer } } },
  },
};
