import { boolean } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';

export const v4beta4: ConfigVersion = {
  name: 'v4beta4',
  changes: {
    SkaffoldConfig: { without: ['customActions'] },
    Profile: { without: ['customActions'] },
    Action: null,
    ActionExecutionModeConfig: null,
    KanikoArtifact: { fields: { noPush: { shape: boolean } } },
  },
};
