import { text } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';

export const v2beta11: ConfigVersion = {
  name: 'v2beta11',
  changes: {
    ConfigDependency: { fields: { path: { shape: text, path: true } }, without: ['git'] },
    GitInfo: null,
  },
};
