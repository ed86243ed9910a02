import { describe, expect, it } from 'vitest';
import { loadText, memoryFiles } from '../../../test/rigs/memory-pipeline.ts';
import { loadPipeline } from './load-pipeline.ts';

const text = `inputs:
  - {name: colour, type: choice, values: [red, green], default: red}
  - {name: build-no.2, type: number}
test: {unit: {container: {image: "a:\${colour}", cmds: ["\${build-no.2}"]}}}
`;

async function load(environment: Record<string, string>, inputs: Record<string, string> = {}) {
  const { value, given, diagnostics } = await loadPipeline({
    path: '/home/dev/demo',
    files: memoryFiles({ '/home/dev/demo/.wharf-ci.yml': text }),
    selection: {},
    environment,
    inputs: Object.entries(inputs).map(([name, one]) => ({ name, value: one, from: 'argument' })),
  });
  return {
    values: Object.fromEntries(
      value?.variables.map((one) => [one.name, 'value' in one ? [one.value, one.source] : []]) ?? [],
    ),
    given,
    codes: diagnostics.map(({ code }) => code),
  };
}

describe('inputs', () => {
  it('come from the environment by their name, or by the name that a shell can set', async () => {
    const { values, given } = await load({
      SLIPWAY_INPUT_colour: 'green',
      SLIPWAY_INPUT_COLOUR: 'red',
      SLIPWAY_INPUT_BUILD_NO_2: '7',
      SLIPWAY_INPUT_other: 'x',
    });
    expect(values).toEqual({
      colour: ['green', 'SLIPWAY_INPUT_colour'],
      'build-no.2': [7, 'SLIPWAY_INPUT_BUILD_NO_2'],
    });
    expect(given).toMatchObject([{ name: 'colour', value: 'green', from: 'environment' }, { name: 'build-no.2' }]);
  });

  it('of the command line win, also over what would be unfit', async () => {
    expect((await load({ SLIPWAY_INPUT_COLOUR: 'blue' }, { colour: 'green' })).values).toMatchObject({
      colour: ['green', '--input'],
    });
    expect((await load({ SLIPWAY_INPUT_COLOUR: 'blue' })).codes).toEqual(['W041']);
  });

  it('that are given are known where the pipeline is wrong', async () => {
    const { given } = await loadText(
      'inputs: [{name: a, type: string}]\ntest: {unit: {container: {image: "${nope}", cmds: [b]}}}',
      { inputs: { a: '1' } },
    );
    expect(given).toMatchObject([{ name: 'a', value: '1' }]);
  });
});
