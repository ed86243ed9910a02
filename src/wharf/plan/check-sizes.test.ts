import { expect, it } from 'vitest';
import { stepId } from '../../model/ids.ts';
import type { ContainerStepSpec } from '../specs/specs.ts';
import type { PlannedStage } from '../../model/plan.ts';
import { checkSizes } from './check-sizes.ts';
import { isSelected } from '../../model/plan.ts';

const limit = 131_071;
const spec: ContainerStepSpec = {
  kind: 'container',
  image: 'a',
  commands: ['b'],
  shell: '/bin/sh',
  os: 'linux',
  env: { A: '<${pw}>', B: '${pw}' },
  secretName: 'team',
};
const stage = (notSelected: boolean): PlannedStage => ({
  ordinal: 1,
  name: 's',
  runsIf: 'success',
  onFailure: 'cancelSiblings',
  steps: [
    {
      id: stepId(1, 1, 1),
      name: 'a',
      needs: [],
      policy: { retries: 0, allowFailure: false },
      artifacts: [],
      cache: [],
      spec,
      ...(notSelected && { notSelected: true }),
    },
  ],
});
const secrets = (pw: string, key: string) => ({
  inputs: new Map([['pw', pw]]),
  operator: new Map([
    [
      'team',
      new Map([
        ['ca', key],
        ['not-a-name', 'x'.repeat(2 * limit)],
        ['B', 'x'.repeat(2 * limit)],
      ]),
    ],
  ]),
});
const variables = [{ name: 'pw', source: 's', secretHash: 'h' }];
const messages = (pw: string, key: string, notSelected = false) =>
  checkSizes({ stages: [stage(notSelected)], variables }, secrets(pw, key), isSelected).map(
    ({ code, message }) => `${code} ${message}`,
  );

it('names each variable that is too large with its secret', () => {
  expect(messages('x'.repeat(limit - 4), 'x'.repeat(limit - 3))).toEqual([]);
  expect(messages('x'.repeat(limit - 3), 'ä'.repeat(limit / 2))).toEqual([
    'W047 `env` `A` has 131,072 bytes including its name, but Linux allows at most 131,071',
    'W047 key `ca` of secret `team` has 131,073 bytes including its name, but Linux allows at most 131,071',
  ]);
  expect(messages('x'.repeat(limit), 'x'.repeat(limit), true)).toEqual([]);
});

it('names what grows too large with secrets, without putting it together', () => {
  const large = 'x'.repeat(2 ** 20);
  const parts = Array.from({ length: 100_000 }, () => ({ secret: 'pw' }));
  const plan = { stages: [stage(false)], variables: [{ name: 'many', source: 's', parts }] };
  expect(checkSizes(plan, secrets(large, ''), isSelected)).toMatchObject([{ code: 'W038' }]);
  const [first] = stage(false).steps;
  if (first === undefined) throw new Error('no step');
  const commands = {
    ...stage(false),
    steps: [{ ...first, spec: { ...spec, env: {}, commands: ['${pw}'.repeat(100_000)] } }],
  };
  expect(checkSizes({ stages: [commands], variables }, secrets(large, ''), isSelected)).toMatchObject([
    { code: 'W049', message: expect.stringMatching(/^with `a`, the steps have more/) as string },
  ]);
});
