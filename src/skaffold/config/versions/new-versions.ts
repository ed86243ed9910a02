import type { ConfigVersion } from './config-version.ts';
export const newVersions: readonly ConfigVersion[] = [];
