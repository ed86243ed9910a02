import { expect, it } from 'vitest';
import { changeTexts } from './spec-texts.ts';

it('changes every text of a specification, with its path; keys, kinds and flags stay', () => {
  const paths: string[] = [];
  const spec = {
    kind: 'docker',
    args: ['a', 'b'],
    push: { variable: 'p' },
    repository: { registry: 'r' },
    secretArgs: [{ arg: 'x', key: 'k' }],
    memoryBytes: 1,
    env: { kind: 'e', variable: 'v' },
    set: { variable: 's' },
    tag: { parts: ['t'] },
  };
  const changed = changeTexts(spec, {
    text(text, path) {
      paths.push(path.join('.'));
      return typeof text === 'string' ? text.toUpperCase() : text;
    },
  });
  expect(changed).toEqual({
    kind: 'docker',
    args: ['A', 'B'],
    push: { variable: 'p' },
    repository: { registry: 'R' },
    secretArgs: [{ arg: 'X', key: 'K' }],
    memoryBytes: 1,
    env: { kind: 'E', variable: 'V' },
    set: { variable: 'S' },
    tag: { parts: ['t'] },
  });
  expect(paths).toEqual([
    'args.0',
    'args.1',
    'repository.registry',
    'secretArgs.0.arg',
    'secretArgs.0.key',
    'env.kind',
    'env.variable',
    'set.variable',
    'tag',
  ]);
});

it('a variable of the environment that is called `variable` is no flag', () => {
  expect(
    changeTexts(
      { env: { variable: 'x' }, force: { variable: 'x' } },
      { text: () => 'text', flag: (name) => name === 'x' },
    ),
  ).toEqual({ env: { variable: 'text' }, force: true });
});
