import { expect, it } from 'vitest';
import { stepId } from '../model/ids.ts';
import type { ContainerStepSpec, PlannedStage } from '../model/plan.ts';
import { isSelected, largeEnvironment } from './large-environment.ts';

const limit = 131_071;
const spec: ContainerStepSpec = { kind: 'container', image: 'a', commands: ['b'], shell: '/bin/sh', os: 'linux', env: { A: '<${pw}>', B: '${pw}' }, secretName: 'team' };
const stage = (notSelected: boolean): PlannedStage => ({
  ordinal: 1,
  name: 's',
  runsIf: 'success',
  onFailure: 'cancelSiblings',
  steps: [{ id: stepId(1, 1, 1), name: 'a', needs: [], policy: { retries: 0, allowFailure: false }, artifacts: [], cache: [], spec, ...(notSelected && { notSelected: true }) }],
});
const secrets = (pw: string, key: string) => ({ inputs: new Map([['pw', pw]]), operator: new Map([['team', new Map([['ca', key], ['not-a-name', 'x'.repeat(2 * limit)], ['B', 'x'.repeat(2 * limit)]])]]) });
const variables = [{ name: 'pw', source: 's', secretHash: 'h' }];
const messages = (pw: string, key: string, notSelected = false) => largeEnvironment({ stages: [stage(notSelected)], variables }, secrets(pw, key), isSelected).map(({ code, message }) => `${code} ${message}`);

it('names each variable that is too large with its secret', () => {
  expect(messages('x'.repeat(limit - 4), 'x'.repeat(limit - 3))).toEqual([]);
  expect(messages('x'.repeat(limit - 3), 'ä'.repeat(limit / 2))).toEqual([
    'W047 `env` `A` takes 131,072 bytes with its name, but Linux allows 131,071',
    'W047 key `ca` of secret `team` takes 131,073 bytes with its name, but Linux allows 131,071',
  ]);
  expect(messages('x'.repeat(limit), 'x'.repeat(limit), true)).toEqual([]);
});
