import { stepKind } from '../../../steps/step-kind.ts';
import type { HelmPackageStepSpec } from '../../specs/specs.ts';
import { environmentLines } from './texts.ts';

/** `helm-package`: packs a chart and pushes it. */
export const helmPackageKind = stepKind<HelmPackageStepSpec>({
  kind: 'helm-package',
  async load() {
    const [{ workloadStep }, { helmPackageWorkload }] = await Promise.all([
      import('../../../steps/workload/workload-step.ts'),
      import('../helm-package-step.ts'),
    ]);
    return (context) => workloadStep(context, helmPackageWorkload);
  },
  uses: () => ({ tools: true }),
  text: ({ chartPath, env }) => ({
    summary: `helm package ${chartPath === '' ? '.' : chartPath}`,
    details: environmentLines(env),
    notes: [],
  }),
});
