import { visible } from '../../diagnostics/visible.ts';
import type { StepSpec } from '../../model/plan.ts';

/** What a step is, in a word or two: the image of a container. */
export function describeSpec(spec: StepSpec): string {
  return visible(spec.image);
}
