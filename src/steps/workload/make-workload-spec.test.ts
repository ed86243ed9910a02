import { expect, test } from 'vitest';
import { stepId, type RunId, type StoreId } from '../../model/ids.ts';
import { workloadAnnotations } from './make-workload-spec.ts';

const identity = {
  store: 's' as StoreId,
  run: 'r' as RunId,
  stages: [
    { ordinal: 1, name: 'build' },
    { ordinal: 2, name: 'roll out' },
  ],
};

test.each([
  [stepId(1, 2, 1), { 'slipway.dev/stage-name': 'roll out', 'slipway.dev/step-name': 'web' }],
  [stepId(3, 1, 4), { 'slipway.dev/stage-name': 'build', 'slipway.dev/step-name': 'web' }],
])('a workload of step %s has the names of the stage and step', (id, annotations) =>
  expect(workloadAnnotations(identity, { id, name: 'web' })).toEqual(annotations),
);
