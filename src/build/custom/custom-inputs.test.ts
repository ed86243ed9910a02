import { expect, it } from 'vitest';
import { customInputs, type CustomDependencies } from './custom-inputs.ts';

const patterns = (paths: readonly string[], ignore: readonly string[]): CustomDependencies => ({
  kind: 'patterns',
  patterns: { paths, ignore },
});

it.each([
  [patterns([], []), { include: ['.'], exclude: [], files: [] }],
  [patterns(['src'], ['*.md']), { include: ['src'], exclude: ['*.md'], files: [] }],
])('lists the files of %j by patterns', (dependencies, inputs) =>
  expect(customInputs(dependencies)).toEqual({ kind: 'patterns', patterns: inputs }),
);

it('leaves a command to its caller', () =>
  expect(customInputs({ kind: 'command', command: 'ls' })).toEqual({ kind: 'command', command: 'ls' }));
