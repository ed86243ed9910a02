import { expect, it } from 'vitest';
import type { ContainerStepSpec } from '../model/plan.ts';
import { loadText } from '../../test/rigs/memory-pipeline.ts';
import { filledIn, filledPlan, valuesOf } from './filled-in.ts';

const spec: ContainerStepSpec = {
  kind: 'container',
  image: '${reg}/app:${tag}',
  commands: ['echo ${tag} ${HOME} ${%tag%}', 'plain'],
  shell: '/bin/${shell}',
  os: 'linux',
  env: { A: '${tag}', B: '$tag' },
  memoryBytes: 1,
  secretName: '${tag}-secret',
};

it('fills in every text of a specification, once, and leaves the rest', () => {
  const variables = [
    { name: 'reg', source: 's', value: 'r.example' },
    { name: 'tag', source: 's', value: '${shell}' },
    { name: 'shell', source: 's', value: 'sh' },
    { name: 'secret', source: 's', secretHash: 'x' },
  ];
  expect(filledIn(spec, valuesOf(variables, new Map()))).toEqual({
    kind: 'container',
    image: 'r.example/app:${shell}',
    commands: ['echo ${shell} ${HOME} ${tag}', 'plain'],
    shell: '/bin/sh',
    os: 'linux',
    env: { A: '${shell}', B: '$tag' },
    memoryBytes: 1,
    secretName: '${shell}-secret',
  });
});

it('shows a plan as the run would have it, without its secrets', async () => {
  const text = 'inputs:\n  - {name: pw, type: password, default: hunter2}\n  - {name: tag, type: string, default: "1"}\ntest:\n  unit: {env: {URL: "x:${pw}@host"}, container: {image: "app:${tag}", cmds: ["login ${pw} ${HOME}"]}}\n';
  const { value } = await loadText(text);
  if (!value) throw new Error('it cannot be planned');
  expect(filledPlan(value).stages[0]?.steps[0]?.spec).toMatchObject({ image: 'app:1', commands: ['login *** ${HOME}'], env: { URL: 'x:***@host' } });
  expect(value.plan.stages[0]?.steps[0]?.spec).toMatchObject({ image: 'app:${tag}' });
});
