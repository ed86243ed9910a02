import type { ConfigVersion } from './config-version.ts';

/** Its fields are those of v2alpha4. */
export const v2alpha3: ConfigVersion = { name: 'v2alpha3', changes: {} };
