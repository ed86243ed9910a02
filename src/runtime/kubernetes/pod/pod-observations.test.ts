import { expect, it } from 'vitest';
import type { PodEvent } from '../../../clusters/pods/observed-pod.ts';
import { podObservations } from './pod-observations.ts';

const image = 'registry.example/tool:1';
const told = (reason: string, message: string, more: Partial<PodEvent> = {}): PodEvent => ({
  type: 'Normal',
  reason,
  message,
  fieldPath: 'spec.containers{step}',
  ...more,
});
const unplaced: PodEvent = {
  type: 'Warning',
  reason: 'FailedScheduling',
  message: '0/1 nodes are available: 1 Insufficient memory. preemption: 0/1 nodes are available.',
};
const scheduled: PodEvent = {
  type: 'Normal',
  reason: 'Scheduled',
  message: 'Successfully assigned ci/build to worker-1',
};
const pulling = told('Pulling', `Pulling image "${image}"`);
const pulled = told(
  'Pulled',
  `Successfully pulled image "${image}" in 3s (3s including waiting). Image size: 2200000 bytes.`,
);
const started = told('Started', 'Started container step');
const broken = told(
  'Failed',
  `Failed to pull image "${image}": rpc error: code = Unknown desc = failed to pull and unpack image "${image}": unexpected EOF`,
  { type: 'Warning' },
);

it('reports each fact once, and only appends', () => {
  const all = [unplaced, scheduled, pulling, broken, pulled, started, { ...unplaced, count: 3 }];
  const whole = podObservations({ events: all });
  expect(whole.map((fact) => fact.type)).toEqual(['waiting', 'image.pulling', 'noted', 'image.pulled']);
  expect(whole[2]).toEqual({
    type: 'noted',
    level: 'warning',
    code: 'W085',
    message: `${image} cannot be pulled, retrying: unexpected EOF`,
  });
  for (let count = 0; count <= all.length; count++) {
    const part = podObservations({ events: all.slice(0, count) });
    expect(whole.slice(0, part.length)).toEqual(part);
  }
});

it('reports nothing for an image that is on the node', () => {
  expect(
    podObservations({
      events: [scheduled, told('Pulled', `Container image "${image}" already present on machine`), started],
    }),
  ).toEqual([]);
});
