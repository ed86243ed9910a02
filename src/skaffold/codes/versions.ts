import { code } from '../../diagnostics/code-entry.ts';

/** Reading a `skaffold.yaml` of an older version. */
export const versionCodes = {
  S040: code({
    severity: 'error',
    title: 'Value that newer versions cannot express',
    explanation:
      'Slipway rewrites a `skaffold.yaml` of an older version to the newest version. This value has no ' +
      'counterpart there. Change it as the help says.',
    message: (p: { field: string; why: string; help: string }) => `cannot upgrade ${p.field}: ${p.why}`,
    help: (p) => p.help,
  }),
  S041: code({
    severity: 'warning',
    title: 'Value with another meaning in newer versions',
    explanation:
      'Slipway rewrites a `skaffold.yaml` of an older version to the newest version. Newer versions cannot express ' +
      'the whole meaning of this value. Slipway continues with the nearest value.',
    message: (p: { field: string; effect: string; help: string }) => `${p.field} ${p.effect}`,
    help: (p) => p.help,
  }),
};
