import type { ConfigVersion } from './config-version.ts';

export const v2beta6: ConfigVersion = {
  name: 'v2beta6',
  changes: {
    DeployConfig: { without: ['kpt'] },
    KptDeploy: null,
    KptFn: null,
    KptLive: null,
    KptLiveApply: null,
    KptApplyInventory: null,
    KptApplyOptions: null,
  },
};
