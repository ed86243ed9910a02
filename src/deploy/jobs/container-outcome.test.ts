import { expect, test } from 'vitest';
import { failed, succeeded, type Failure, type Outcome } from '../../model/outcome.ts';
import { ofContainer, type SeenEnd } from './container-outcome.ts';

const ended = (exitCode: number, more: Partial<SeenEnd> = {}): SeenEnd => ({ pod: 'p', exitCode, ...more });
const done: Outcome = succeeded(undefined);
const cancelled: Outcome = { status: 'cancelled', because: 'user' };
const late: Failure = {
  code: 'not-ready',
  of: 1,
  problems: [{ object: 'job.batch/j', detail: 'was active longer than specified deadline', cause: 'deadline' }],
};
const noStart: Failure = { code: 'start-failed', detail: 'job.batch/j: reached the specified backoff limit' };
const noImage: Failure = { code: 'image-unavailable', image: 'app', detail: 'not found', by: 'cluster' };
const evicted: Failure = { code: 'evicted', detail: 'Evicted: The node was low on memory' };
const deleted: Failure = { code: 'workload-deleted', detail: 'job.batch/j was deleted', by: 'cluster' };
const unknown = { code: 'container-failed', container: 'c', part: 'step' };

test.each<readonly [what: string, end: SeenEnd | undefined, job: Outcome | undefined, outcome: object]>([
  ['exits with 0', ended(0), undefined, done],
  ['exits with 0 beside one that failed', ended(0), failed(noStart), done],
  ['exits with 3', ended(3, { reason: 'Error' }), undefined, failed({ code: 'exit-nonzero', exitCode: 3 })],
  ['exits with 3, and its job failed', ended(3), failed(noStart), failed({ code: 'exit-nonzero', exitCode: 3 })],
  [
    'is killed by itself',
    ended(139, { reason: 'Error', signal: 'SIGSEGV' }),
    undefined,
    failed({ code: 'exit-nonzero', exitCode: 139, signal: 'SIGSEGV' }),
  ],
  [
    'is killed, and nobody says why',
    ended(137, { signal: 'SIGKILL' }),
    failed(noStart),
    failed({ code: 'exit-nonzero', exitCode: 137, signal: 'SIGKILL' }),
  ],
  ['runs out of memory', ended(137, { reason: 'OOMKilled' }), failed(noStart), failed({ code: 'out-of-memory' })],
  [
    'has no such command',
    ended(128, { reason: 'StartError', detail: 'exec: "nope": executable file not found in $PATH: unknown' }),
    failed(noStart),
    failed({ code: 'start-failed', detail: 'cannot run "nope": the image has no such command', cause: 'no-program' }),
  ],
  ['is killed at the deadline of its job', ended(137), failed(late), failed(late)],
  ['stops well at the deadline of its job', ended(0, { leaving: true }), failed(late), failed(late)],
  ['ended before the deadline of its job', ended(3), failed(late), failed({ code: 'exit-nonzero', exitCode: 3 })],
  ['is evicted', ended(137), failed(evicted), failed(evicted)],
  ['loses its job', ended(143, { leaving: true }), failed(deleted), failed(deleted)],
  [
    'loses its pod',
    ended(143, { leaving: true }),
    failed(noStart),
    failed({ code: 'workload-deleted', detail: 'pod p was deleted', by: 'cluster' }),
  ],
  [
    'loses its node',
    ended(137, { reason: 'ContainerStatusUnknown' }),
    undefined,
    { status: 'failed', failure: { ...unknown, how: 'ended' } },
  ],
  ['has no image', undefined, failed(noImage), failed(noImage)],
  ['cannot start', undefined, failed(noStart), failed(noStart)],
  ['is cancelled', undefined, cancelled, cancelled],
  [
    'was not seen, and its job succeeded',
    undefined,
    done,
    { status: 'failed', failure: { ...unknown, how: 'was never seen to end' } },
  ],
])('a container that %s', (_, end, job, outcome) => {
  expect(ofContainer({ container: 'c', ...(end && { end }), ...(job && { job }) })).toMatchObject(outcome);
});
