import { expect, it } from 'vitest';
import { isLeaseDead } from './lease.ts';

const owner = { host: 'host', bootId: 'boot', pidNamespace: 'pid:[1]', pid: 1, startTime: '1' };

it.each([
  [
    'the process lives, however old its heartbeat (a laptop has slept)',
    { alive: true, ageMs: 86_400_000, released: false },
    false,
  ],
  ['the process is gone, however fresh its heartbeat', { alive: false, ageMs: 0, released: false }, true],
  ['unknown, and the heartbeat is fresh', { alive: undefined, ageMs: 60_000, released: false }, false],
  ['unknown, and the heartbeat is old', { alive: undefined, ageMs: 60_001, released: false }, true],
  ['it was released', { alive: true, ageMs: 0, released: true }, true],
])('where %s', (_, { alive, ageMs, released }, dead) => {
  expect(isLeaseDead({ owner, epoch: 1, heartbeat: 1_000, released }, 1_000 + ageMs, () => alive)).toBe(dead);
});
