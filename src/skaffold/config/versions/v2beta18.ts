import type { ConfigVersion } from './config-version.ts';

export const v2beta18: ConfigVersion = {
  name: 'v2beta18',
  changes: {
    Artifact: { without: ['hooks'] },
    BuildHooks: null,
    Sync: { without: ['hooks'] },
    SyncHooks: null,
    SyncHookItem: null,
    HostHook: null,
    ContainerHook: null,
  },
};
