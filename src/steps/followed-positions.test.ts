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
