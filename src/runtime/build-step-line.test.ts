import { expect, test } from 'vitest';
import { readBuildStep } from './build-step-line.ts';

test.each([
  ['STEP 2/7: ARG WHO=nobody', { current: 2, total: 7, instruction: 'ARG WHO=nobody' }],
  ['[2/2] STEP 3/3: RUN kill -9 $$', { current: 3, total: 3, instruction: 'RUN kill -9 $$' }],
  ['Step 1/2 : FROM busybox', { current: 1, total: 2, instruction: 'FROM busybox' }],
  ['what a STEP 1/2: prints', undefined],
  ['COMMIT x:1', undefined],
])('%s', (line, step) => {
  expect(readBuildStep(line)).toEqual(step);
});
