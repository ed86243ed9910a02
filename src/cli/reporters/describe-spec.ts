import { visible } from '../../diagnostics/visible.ts';
import { assertNever } from '../../model/outcome.ts';
import type { StepSpec } from '../../model/plan.ts';

/** What a step is, in a word or two: the image of a container, else what it does to what. */
export function describeSpec(spec: StepSpec): string {
  switch (spec.kind) {
    case 'container':
      return visible(spec.image);
    case 'docker':
      return visible(`docker ${spec.file}`);
    case 'kubectl':
      return visible(`kubectl ${spec.action}`);
    case 'helm':
      return visible(`helm ${spec.chart}`);
    case 'helm-package':
      return visible(`helm package ${spec.chartPath}`.trimEnd());
    case 'nuget-package':
      return visible(`nuget ${spec.projectPath}`);
    default:
      return assertNever(spec);
  }
}
