import type { IterationState } from '../../events/run-state.ts';
import type { LinePrefix } from '../../model/plan.ts';
import type { FollowedContainer } from '../../model/work.ts';
import { visible } from '../../util/visible.ts';
import type { Look } from '../text/look.ts';
import type { ShownLines } from './run-view.ts';
import { stepColour } from './step-colour.ts';

/** Returns what stands before the lines of a followed container: `[web-7c9f app]`. Empty for `none`. */
export function linePrefix({ workload, container }: FollowedContainer, prefix: LinePrefix): string {
  switch (prefix) {
    case 'none':
      return '';
    case 'container':
      return `[${visible(container)}]`;
    case 'auto':
    case 'podAndContainer': {
      const isShort = prefix === 'auto' && workload === container;
      return isShort ? `[${visible(container)}]` : `[${visible(workload)} ${visible(container)}]`;
    }
  }
}

/** Returns the prefix that the plan of an iteration asks for. */
export function plannedPrefix(iteration: IterationState | undefined): LinePrefix {
  const steps = (iteration?.stages ?? []).flatMap((stage) => stage.steps);
  return steps.find(({ planned }) => planned.linePrefix !== undefined)?.planned.linePrefix ?? 'container';
}

/** Returns what stands before each line of a followed container, with the space after it. `undefined`: of a step. */
export function prefixHead({ who, prefix }: ShownLines, look: Look): string | undefined {
  return prefix === undefined || prefix === '' ? prefix : `${look.paint(stepColour(who), prefix)} `;
}
