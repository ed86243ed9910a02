import { expect, it } from 'vitest';
import type { ContainerStepSpec } from '../specs/specs.ts';
import { filledIn, valuesOf } from './filled-in.ts';

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
    ...spec,
    image: 'r.example/app:${shell}',
    commands: ['echo ${shell} ${HOME} ${tag}', 'plain'],
    shell: '/bin/sh',
    env: { A: '${shell}', B: '$tag' },
    secretName: '${shell}-secret',
  });
});
