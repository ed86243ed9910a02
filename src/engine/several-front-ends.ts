import type { CodeTable } from '../model/diagnostic.ts';
import type { StepSpec } from '../model/plan.ts';
import type { WrittenPlan } from '../secrets/stored-plan.ts';
import { StepKinds } from '../steps/step-kind.ts';
import type { FrontEnd } from './front-end.ts';

/**
 * Joins two front ends to one. A request with `build` goes to the second, every other one to the first. What is asked about a
 * step goes to the front end that has its kind, so plans of both can be resumed.
 */
export function severalFrontEnds(pipelines: FrontEnd, builds: Omit<FrontEnd, 'variables' | 'outline'>): FrontEnd {
  const ownerOf = (spec: StepSpec) => (builds.kinds.has(spec) ? builds : pipelines);
  return {
    ...pipelines,
    kinds: new StepKinds([...pipelines.kinds.all, ...builds.kinds.all]),
    language: {
      fieldName: (path) => pipelines.language.fieldName(path),
      mayUse: (spec, variable) => ownerOf(spec).language.mayUse(spec, variable),
    },
    codes: async (): Promise<CodeTable> => ({ ...(await pipelines.codes()), ...(await builds.codes()) }),
    load: async (request) => await (request.build ? builds : pipelines).load(request),
    fill: (spec, values) => ownerOf(spec).fill(spec, values),
    checkSizes: (plan, secrets, runs) => [
      ...pipelines.checkSizes(partOf(plan, pipelines), secrets, runs),
      ...builds.checkSizes(partOf(plan, builds), secrets, runs),
    ],
  };
}

/** Returns the part of a plan whose steps a front end knows. */
function partOf(plan: WrittenPlan, { kinds }: Pick<FrontEnd, 'kinds'>): WrittenPlan {
  const stages = plan.stages.map((stage) => ({ ...stage, steps: stage.steps.filter(({ spec }) => kinds.has(spec)) }));
  return { ...plan, stages };
}
