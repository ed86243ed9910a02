import { text } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';

export const v2beta16: ConfigVersion = {
  name: 'v2beta16',
  changes: {
    DockerSecret: { fields: { dst: { shape: text } } },
    BuildpackArtifact: { without: ['volumes'] },
    BuildpackVolume: null,
  },
};
