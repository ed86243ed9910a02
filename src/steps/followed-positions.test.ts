import { expect, test } from 'vitest';
import { FollowedPositions } from './followed-positions.ts';

const web = { workload: 'web', container: 'app' };

test('counts the bytes of each container and stream', () => {
  const positions = new FollowedPositions();
  expect(positions.add(web, 'stdout', Buffer.from('one'))).toBe(0);
  expect(positions.add(web, 'stderr', Buffer.from('two'))).toBe(0);
  expect(positions.add({ ...web, container: 'side' }, 'stdout', Buffer.from('three'))).toBe(0);
  expect(positions.add(web, 'stdout', Buffer.from('four'))).toBe(3);
  expect(positions.add(web, 'stdout', Buffer.from(''))).toBe(7);
});

test('goes on where another process stopped', () => {
  const streams = { stdout: { offset: 5, cursor: 4 } };
  const known = { ...web, id: 'i', since: 1, mark: 'm', streams, lost: 0 };
  const unknown = { workload: 'api', container: 'app', streams, lost: 0 };
  const positions = new FollowedPositions([known, unknown]);
  expect(positions.of(web)).toEqual({ id: 'i', since: 1, mark: 'm', cursors: { stdout: 4 } });
  expect(positions.of(unknown)).toBeUndefined();
  expect(positions.of({ ...web, container: 'other' })).toBeUndefined();
  expect(positions.add(web, 'stdout', Buffer.from('x'))).toBe(5);
});

test('forgets containers that have ended, the oldest first, and none that runs', () => {
  const positions = new FollowedPositions();
  const job = (n: number) => ({ workload: `tick-${n}`, container: 'app' });
  positions.add(web, 'stdout', Buffer.from('one'));
  for (let n = 0; n < 1_000; n++) {
    positions.add(job(n), 'stdout', Buffer.from('two'));
    positions.ended(job(n));
  }
  expect(positions.add(web, 'stdout', Buffer.from(''))).toBe(3);
  // Asking counts a container as running again.
  expect(positions.add(job(0), 'stdout', Buffer.from(''))).toBe(0);
  expect(positions.add(job(799), 'stdout', Buffer.from(''))).toBe(0);
  expect(positions.add(job(800), 'stdout', Buffer.from(''))).toBe(3);
});
