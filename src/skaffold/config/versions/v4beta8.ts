import { listOf, typed } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';

export const v4beta8: ConfigVersion = {
  name: 'v4beta8',
  changes: {
    RenderHooks: { fields: { after: { shape: listOf(typed('RenderHookItem')) } } },
    PostRenderHookItem: null,
    PostRenderHostHook: null,
  },
};
