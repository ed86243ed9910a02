import { expect, it } from 'vitest';
import type { Pod } from '../../clusters/pods/pod-types.ts';
import { choosePod } from './choose-pod.ts';

const pod = (
  name: string,
  more: { ready?: boolean; created?: string; leaves?: boolean; phase?: 'Pending' } = {},
): Pod => ({
  metadata: {
    name,
    creationTimestamp: more.created ?? '2026-01-01T00:00:00Z',
    ...(more.leaves === true && { deletionTimestamp: '2026-01-02T00:00:00Z' }),
  },
  spec: { containers: [] },
  status: {
    phase: more.phase ?? 'Running',
    conditions: [{ type: 'Ready', status: more.ready === false ? 'False' : 'True' }],
  },
});

const newer = pod('new', { created: '2026-01-01T00:00:09Z' });
const notReady = pod('slow', { ready: false });

it.each([
  ['the newest one that is ready', [pod('old'), newer, notReady], {}, 'new'],
  ['the same as before', [pod('old'), newer], { before: 'old' }, 'old'],
  ['another one once that is not ready', [notReady, newer], { before: 'slow' }, 'new'],
  ['none that is being removed', [pod('old', { leaves: true }), newer], { before: 'old' }, 'new'],
  ['another one than those that were not reached', [pod('old'), newer], { avoid: new Set(['new']) }, 'old'],
  ['one that was not reached if there is no other', [newer], { avoid: new Set(['new']) }, 'new'],
  ['the first by name of pods of one second', [pod('b'), pod('a')], {}, 'a'],
  ['one that is not ready, for a Service that publishes them', [notReady], { unready: true }, 'slow'],
])('%s', (_, pods, options, name) => {
  expect(choosePod(pods, options).pod?.metadata.name).toBe(name);
});

it.each([
  ['no pods', [], 'has no pods'],
  ['pods that go', [pod('a', { leaves: true })], 'has no pods'],
  ['pods that start', [pod('a', { phase: 'Pending' })], 'has pods, but none of them is ready'],
])('says why there is none: %s', (_, pods, reason) => {
  expect(choosePod(pods)).toEqual({ reason });
});
