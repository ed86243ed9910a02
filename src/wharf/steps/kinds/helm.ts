import { stepKind } from '../../../steps/step-kind.ts';
import type { HelmStepSpec } from '../../specs/specs.ts';
import { environmentLines, inNamespace } from './texts.ts';

/** `helm`: installs or upgrades a chart. */
export const helmKind = stepKind<HelmStepSpec>({
  kind: 'helm',
  async load() {
    const [{ workloadStep }, { helmWorkload }] = await Promise.all([
      import('../../../steps/workload/workload-step.ts'),
      import('../helm-step.ts'),
    ]);
    return (context) => workloadStep(context, helmWorkload);
  },
  uses: ({ cluster }) => ({ clusters: [cluster], tools: true }),
  fillsFiles: ({ files }) => files.length > 0,
  text: ({ name, chart, namespace, env, set }) => ({
    summary: `helm ${name}  ${chart}${inNamespace(namespace)}`,
    details: [...environmentLines(env), ...Object.entries(set).map(([key, value]) => `set ${key}=${value}`)],
    notes: [],
  }),
});
