import { describe, expect, it } from 'vitest';
import { stagesOf } from '../../test/rigs/engine-world.ts';
import type { PlannedStage, StepSpec } from '../model/plan.ts';
import { StepKinds } from '../steps/step-kind.ts';
import type { FrontEnd } from './front-end.ts';
import { severalFrontEnds } from './several-front-ends.ts';

/** A front end that names itself in all that it returns. */
function frontEnd(kind: string): FrontEnd {
  return {
    file: `${kind}.yaml`,
    kinds: new StepKinds([{ kind } as never]),
    language: { fieldName: () => kind, mayUse: (_spec: StepSpec, variable: string) => variable === kind },
    codes: async () => await Promise.resolve({ [kind]: {} as never }),
    load: async () => await Promise.resolve({ given: [], passwords: [], diagnostics: [], value: kind as never }),
    fill: (spec: StepSpec) => ({ ...spec, filledBy: kind }),
    checkSizes: ({ stages }: { readonly stages: readonly PlannedStage[] }) =>
      stages.flatMap(({ steps }) => steps.map(({ name }) => `${kind} ${name}`)) as never,
    values: () => new Map([[kind, kind]]),
    outline: kind as never,
    variables: kind as never,
  };
}

const both = severalFrontEnds(frontEnd('pipe'), frontEnd('build'));
const spec = (kind: string) => ({ kind }) as StepSpec;

describe('two front ends as one', () => {
  it.each([
    [{}, 'pipe'],
    [{ build: { images: [] } }, 'build'],
  ])('load %j by the right one', async (request, expected) => {
    expect((await both.load(request as never)).value).toBe(expected);
  });

  it.each(['pipe', 'build'])('ask the one that has the kind of a step: %s', (kind) => {
    expect(both.fill(spec(kind), new Map() as never)).toMatchObject({ filledBy: kind });
    expect(both.language.mayUse(spec(kind), kind as never)).toBe(true);
    expect(both.language.mayUse(spec(kind), 'other')).toBe(false);
    expect(both.kinds.has(spec(kind))).toBe(true);
  });

  it('have the codes of both, and the file, outline and variables of the first', async () => {
    expect(Object.keys(await both.codes())).toEqual(['pipe', 'build']);
    expect(both).toMatchObject({ file: 'pipe.yaml', outline: 'pipe', variables: 'pipe' });
    expect(both.kinds.has(spec('other'))).toBe(false);
  });

  it('check the sizes of a plan with the steps of each', () => {
    const [stage] = stagesOf([{ name: 's', steps: ['one', 'two'] }]) as [PlannedStage];
    const [one, two] = stage.steps;
    const steps = [
      { ...one!, spec: spec('pipe') },
      { ...two!, spec: spec('build') },
    ];
    const plan = { stages: [{ ...stage, steps }], variables: [] };
    expect(both.checkSizes(plan as never, [] as never, [] as never)).toEqual(['pipe one', 'build two']);
  });
});
