import { expect, it } from 'vitest';
import { configurationsOf, lineOf } from '../../../test/rigs/skaffold-configurations.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { stepId } from '../../model/ids.ts';
import { planHooks } from './plan-hooks.ts';
import { configurationHooks } from './read-hooks.ts';

const place = { folder: '/work' };

async function read(yaml: string) {
  const found: Diagnostic[] = [];
  const hooks = configurationHooks(await configurationsOf(yaml), (one) => found.push(one));
  return { hooks, found: found.map(lineOf) };
}

it('plans a step for each configuration that has hooks of a phase', async () => {
  const { hooks } = await read(`metadata: { name: shop }
build:
  hooks:
    before: [{ command: [make, assets], os: [linux], dir: web }, { command: [make] }]
`);
  const stage = planHooks(hooks, 'before', place, 1);
  expect(stage).toMatchObject({ ordinal: 1, name: 'before-build', runsIf: 'success', jobs: 1 });
  expect(stage?.steps).toMatchObject([
    {
      ...{ id: stepId(1, 1, 1), name: 'shop', needs: [], declaredAt: { line: 5, column: 3 } },
      spec: {
        ...{ kind: 'hooks', phase: 'before', place },
        hooks: [
          { command: ['make', 'assets'], os: ['linux'], dir: '/p/web' },
          { command: ['make'], os: [] },
        ],
      },
    },
  ]);
  expect(planHooks(hooks, 'after', place, 3)).toBeUndefined();
});

it('tells configurations without a name apart', async () => {
  const { hooks } = await read('build: { hooks: { after: [{ command: [a] }] } }\n');
  const [one] = hooks;
  if (!one) throw new Error('no hooks');
  expect(planHooks([one, one, { ...one, name: 'shop' }], 'after', place, 2)?.steps.map(({ name }) => name)).toEqual([
    'hooks',
    'hooks-2',
    'shop',
  ]);
});

it('reports a hook whose program has no name', async () => {
  expect((await read('build:\n  hooks:\n    before: [{ command: [""] }]\n')).found).toEqual([
    'S027 3:25 `command` is ``, but must be a program and its arguments',
  ]);
});
