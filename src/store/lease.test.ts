import { expect, it } from 'vitest';
import { isLeaseDead, isLeaseSure } from './lease.ts';

const owner = { host: 'host', bootId: 'boot', pidNamespace: 'pid:[1]', pid: 1, startTime: '1' };

it.each([
  [
    'the process lives, however old its heartbeat (a laptop has slept)',
    { alive: true, ageMs: 86_400_000, released: false },
    false,
  ],
  ['the process is gone, however fresh its heartbeat', { alive: false, ageMs: 0, released: false }, true],
  ['it cannot be told and the heartbeat is fresh', { alive: undefined, ageMs: 60_000, released: false }, false],
  ['it cannot be told and the heartbeat is old', { alive: undefined, ageMs: 60_001, released: false }, true],
  [
    'it cannot be told and the heartbeat is a little ahead',
    { alive: undefined, ageMs: -60_000, released: false },
    false,
  ],
  ['it cannot be told and the heartbeat is far ahead', { alive: undefined, ageMs: -60_001, released: false }, true],
  ['it was let go', { alive: true, ageMs: 0, released: true }, true],
])('where %s', (_, { alive, ageMs, released }, dead) => {
  expect(isLeaseDead({ owner, epoch: 1, heartbeat: 1_000, released }, 1_000 + ageMs, () => alive)).toBe(dead);
});

it.each([
  [0, true],
  [49_999, true],
  [50_000, false],
  [-1, false],
])('nobody can have taken a lease whose heartbeat is %d ms old: %s', (ageMs, sure) => {
  expect(isLeaseSure(1_000_000, 1_000_000 + ageMs)).toBe(sure);
});

it('whoever is sure of a lease is so a heartbeat before another process may take it', () => {
  const lease = { owner, epoch: 1, heartbeat: 0, released: false };
  for (let ageMs = 0; ageMs <= 70_000; ageMs += 1_000)
    if (isLeaseDead(lease, ageMs, () => undefined)) expect(isLeaseSure(0, ageMs - 10_000)).toBe(false);
});
