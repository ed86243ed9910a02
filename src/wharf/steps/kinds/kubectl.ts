import { stepKind } from '../../../steps/step-kind.ts';
import type { KubectlStepSpec } from '../../specs/specs.ts';
import { environmentLines, shortList, inNamespace } from './texts.ts';

/** `kubectl`: applies manifests, or runs another action on them. */
export const kubectlKind = stepKind<KubectlStepSpec>({
  kind: 'kubectl',
  async load() {
    const [{ workloadStep }, { kubectlWorkload }] = await Promise.all([
      import('../../../steps/workload/workload-step.ts'),
      import('../kubectl-step.ts'),
    ]);
    return (context) => workloadStep(context, kubectlWorkload);
  },
  uses: ({ cluster }) => ({ clusters: [cluster], tools: true }),
  fillsFiles: ({ files }) => files.length > 0,
  text: ({ action, files, namespace, env }) => ({
    summary: `kubectl ${action} ${shortList(files)}${inNamespace(namespace)}`,
    details: environmentLines(env),
    notes: [],
  }),
});
