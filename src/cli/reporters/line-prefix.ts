import type { IterationState } from '../../events/run-state.ts';
import type { LinePrefix } from '../../model/plan.ts';
import type { FollowedContainer } from '../../model/work.ts';
import { visible } from '../../util/visible.ts';
import type { Look } from '../text/look.ts';
import { stepColour } from './step-colour.ts';

/** Returns what stands before the lines of a followed container: `[web-7c9f app]`. Empty for `none`. */
export function linePrefix({ workload, container }: FollowedContainer, prefix: LinePrefix): string {
  if (prefix === 'none') return '';
  const hasPod = prefix === 'podAndContainer' || (prefix === 'auto' && workload !== container);
  return `[${hasPod ? `${visible(workload)} ` : ''}${visible(container)}]`;
}

/** How lines of followed containers look. */
export interface LineLook {
  readonly prefix: LinePrefix;
  /** See `lineFields`. */
  readonly fields: readonly string[];
}

/** Returns what the plan of an iteration asks for. */
export function plannedLines(iteration: IterationState | undefined): LineLook {
  const steps = (iteration?.stages ?? []).flatMap((stage) => stage.steps);
  const { linePrefix: prefix = 'container', lineFields: fields = [] } =
    steps.find(({ planned }) => planned.linePrefix !== undefined)?.planned ?? {};
  return { prefix, fields };
}

/** Lines of a container have a prefix, those of a step none. */
interface PrefixedLines {
  readonly who: string;
  readonly prefix?: string;
}

/** Returns what stands before each line of a followed container, with the space after it. `undefined`: of a step. */
export function prefixHead({ who, prefix }: PrefixedLines, look: Look): string | undefined {
  return prefix === undefined || prefix === '' ? prefix : `${look.paint(stepColour(who), prefix)} `;
}
