import { text } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';

export const v2beta23: ConfigVersion = {
  name: 'v2beta23',
  changes: {
    DockerSecret: { fields: { src: { shape: text } }, without: ['env'] },
  },
};
