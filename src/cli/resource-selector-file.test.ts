import { expect, test } from 'vitest';
import { selectedFieldsIn } from './resource-selector-file.ts';

const none = { image: [], labels: [], podSpec: [] };

test.each([
  [
    '{"allow": [{"groupKind": "A.x.io", "image": [".spec.image"]}]}',
    { allow: [{ ...none, groupKind: 'A.x.io', image: ['.spec.image'] }], deny: [] },
  ],
  ['deny:\n- groupKind: B\n  labels: [".*"]\n', { allow: [], deny: [{ ...none, groupKind: 'B', labels: ['.*'] }] }],
  ['{}', { allow: [], deny: [] }],
])('%s', (text, expected) => {
  expect(selectedFieldsIn(text, 'rules.json')).toEqual(expected);
});

test.each([
  ['[]', 'line 1, column 1: it must be a map'],
  ['', 'rules.json'],
  ['{', 'rules.json'],
  ['alow: []', 'line 1, column 7: unknown field `alow`'],
  ['allow: {}', 'line 1, column 8: `allow` must be a list'],
  ['allow:\n- image: [a]', 'line 2, column 3: a rule requires the field `groupKind`'],
  ['deny:\n- groupKind: A\n  images: []', 'line 3, column 11: unknown field `images`'],
])('%j is refused', (text, message) => {
  expect(() => selectedFieldsIn(text, 'rules.json')).toThrow(message);
});
