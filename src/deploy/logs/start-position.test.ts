import { expect, test } from 'vitest';
import type { ContainerStatus, LogPosition } from '../../runtime/running-container.ts';
import { startPosition } from './start-position.ts';

const minute = 60_000;
const beganAt = 100 * minute;

function status(state: ContainerStatus['state'], restarts = 0, previousStart?: number): ContainerStatus {
  const previousEnd = previousStart === undefined ? {} : { previousEnd: { exitCode: 1, startedAt: previousStart } };
  return { state, restarts, ready: false, image: 'i', ...previousEnd };
}

const running = (startedAt?: number, restarts = 0) =>
  status({ phase: 'running', ...(startedAt !== undefined && { startedAt }) }, restarts);
const waiting = { phase: 'waiting', reason: 'CrashLoopBackOff' } as const;

test.each<[string, ContainerStatus, LogPosition]>([
  ['it waits for its first start', status(waiting), {}],
  ['it started after the deploy began', running(beganAt + minute), {}],
  ['it started a little before: clocks differ', running(beganAt - minute), {}],
  ['it started long before', running(beganAt - 2 * minute), { since: beganAt }],
  ['nobody knows when it started', running(), {}],
  [
    'it ended, and started long before',
    status({ phase: 'ended', exitCode: 0, startedAt: beganAt - 9 * minute }),
    { since: beganAt },
  ],
  ['it restarted since, so it may be old', running(beganAt, 3), { since: beganAt - minute }],
  ['it restarted long before', running(beganAt - 9 * minute, 3), { since: beganAt }],
  ['it waits for a restart, and its last start was long before', status(waiting, 1, 5 * minute), { since: beganAt }],
  ['it waits for a restart, and its last start was not', status(waiting, 1, beganAt), { since: beganAt - minute }],
  ['it is gone', status({ phase: 'gone' }), {}],
])('%s', (_, of, expected) => {
  expect(startPosition('id', of, undefined, beganAt)).toEqual(expected);
});

test('the beginning of a deploy that nobody knows leaves out nothing', () => {
  expect(startPosition('id', running(0, 3), undefined, undefined)).toEqual({});
});

test('a container whose output is stored goes on there', () => {
  const cursors = { combined: 7 };
  const at = (stored: object) => startPosition('id', running(5), { id: 'id', cursors, ...stored }, beganAt);
  expect(at({})).toEqual({ cursors });
  expect(at({ since: 5, mark: 'm' })).toEqual({ cursors, since: 5, mark: 'm' });
});

test('another container of the same name starts anew', () => {
  const stored = { id: 'other', cursors: { combined: 7 }, mark: 'm' };
  expect(startPosition('id', running(beganAt), stored, beganAt)).toEqual({});
});
