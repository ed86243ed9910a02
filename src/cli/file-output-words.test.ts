import { expect, test } from 'vitest';
import { fileOutputWords } from './file-output-words.ts';

test.each([
  [
    ['render', '--output', 'all.yaml'],
    ['render', '-o', 'all.yaml'],
  ],
  [
    ['render', '--output=all.yaml', '-q'],
    ['render', '-o', 'all.yaml', '-q'],
  ],
  [
    ['render', '--output', 'json'],
    ['render', '--output', 'json'],
  ],
  [
    ['render', '--output=text'],
    ['render', '--output=text'],
  ],
  [
    ['render', '--output'],
    ['render', '--output'],
  ],
  [
    ['--output', 'json', 'render'],
    ['--output', 'json', 'render'],
  ],
  [
    ['runs', '--output', 'render'],
    ['runs', '--output', 'render'],
  ],
  [
    ['render', '--', '--output', 'a'],
    ['render', '--', '--output', 'a'],
  ],
  [
    ['build', '--output', 'x'],
    ['build', '--output', 'x'],
  ],
])('%j', (words, read) => {
  expect(fileOutputWords(words)).toEqual(read);
});
