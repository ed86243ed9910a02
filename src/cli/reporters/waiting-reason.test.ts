import { expect, test } from 'vitest';
import type { StepState } from '../../events/run-state.ts';
import { waitingReason } from './waiting-reason.ts';

const node = { type: 'noted', level: 'info', message: 'waiting for a node: 0/1 nodes are available' } as const;
const made = { status: 'inProgress', workload: 'slipway-1', streams: {} } as const;

test.each<[string, Partial<StepState>, string | undefined]>([
  ['a node', { ...made, lastFact: node }, node.message],
  [
    'room in a quota, before there is a pod',
    { status: 'inProgress', lastFact: { type: 'waiting', message: 'waiting for room in the quota few' } },
    'waiting for room in the quota few',
  ],
  [
    'an image, of a pod that is there',
    { ...made, lastFact: { type: 'image.pulling', image: 'node:22' } },
    'pulling node:22',
  ],
  [
    'an image, before there is a container',
    {
      status: 'inProgress',
      lastFact: { type: 'image.pulling', image: 'node:22', current: 31_000_000, total: 48_000_000 },
    },
    'pulling node:22  31 of 48 MB',
  ],
  [
    'its start',
    { ...made, lastFact: { type: 'workload.created', workload: 'slipway-1', runtime: 'kubernetes' } },
    'starting',
  ],
  [
    'its start, now that the image is there',
    { ...made, lastFact: { type: 'image.pulled', image: 'node:22' } },
    'starting',
  ],
  ['nothing: its command has begun', { ...made, begun: true, lastFact: node }, undefined],
  ['nothing: it has printed', { ...made, streams: { stdout: { offset: 3, cursor: 3 } }, lastFact: node }, undefined],
  ['nothing that anybody has told', { ...made }, undefined],
  ['nothing that is known by what was noted of the step itself', { status: 'inProgress', lastFact: node }, undefined],
  ['nothing any more', { ...made, status: 'failed', lastFact: node }, undefined],
])('a step waits for %s', (_, step, expected) => {
  expect(waitingReason({ status: 'notStarted', streams: {}, ...step })).toBe(expected);
});
