import { stepKind } from '../../../steps/step-kind.ts';
import type { NugetPackageStepSpec } from '../../specs/specs.ts';
import { environmentLines } from './texts.ts';

/** `nuget-package`: packs a project and pushes it. */
export const nugetPackageKind = stepKind<NugetPackageStepSpec>({
  kind: 'nuget-package',
  async load() {
    const [{ workloadStep }, { nugetPackageWorkload }] = await Promise.all([
      import('../../../steps/workload/workload-step.ts'),
      import('../nuget-package-step.ts'),
    ]);
    return (context) => workloadStep(context, nugetPackageWorkload);
  },
  uses: ({ certificatesMountPath }) => ({ tools: true, certificates: certificatesMountPath !== undefined }),
  text: ({ projectPath, version, env }) => ({
    summary: `nuget ${projectPath} ${version}`,
    details: environmentLines(env),
    notes: [],
  }),
});
