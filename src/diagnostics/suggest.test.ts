import { expect, it } from 'vitest';
import { editDistance, suggest } from './suggest.ts';

it.each([
  ['imgae', ['image', 'cmds'], 'image'],
  ['Image', ['image', 'cmds'], 'image'],
  ['allow_failure', ['allow-failure', 'artifacts'], 'allow-failure'],
  ['secretname', ['secretName'], 'secretName'],
  ['run_if', ['environments', 'runs-if', 'run-if'], 'run-if'],
  ['REGISTY', ['REGISTRY', 'REGION'], 'REGISTRY'],
  ['completely-else', ['image', 'cmds'], undefined],
  ['os', ['cmds'], undefined],
  ['', ['image'], undefined],
  ['', ['v'], undefined],
  ['q', ['s'], undefined],
  ['v', ['V', 'vs'], 'V'],
  ['sv', ['v'], 'v'],
  ['image', ['image'], undefined],
  ['image', [], undefined],
])('for %j of %j suggests %j', (written, candidates, expected) => {
  expect(suggest(written, candidates)).toBe(expected);
});

it.each([
  ['', '', 0],
  ['a', '', 1],
  ['image', 'imgae', 1],
  ['kitten', 'sitting', 3],
])('%j is from %j away by %i', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
});
