import { describe, expect, it } from 'vitest';
import type { ContainerState, ContainerStatus } from '../../runtime/running-container.ts';
import { judgeWorkload, type ObservedContainer } from './judge-workload.ts';

const running: ContainerState = { phase: 'running' };
const ended = (exitCode: number): ContainerState => ({ phase: 'ended', exitCode });

function status(state: ContainerState, more: Partial<ContainerStatus> = {}): ContainerStatus {
  return { state, restarts: 0, ready: true, image: 'a', ...more };
}

function container(state: ContainerStatus | undefined, more: Partial<ObservedContainer> = {}): ObservedContainer {
  return { id: '1', name: 'web', role: 'main', ready: false, ...(state && { status: state }), ...more };
}

type Lifetime = Parameters<typeof judgeWorkload>[1];
const runs: Lifetime = { ends: false, mayEnd: false };
const mayEnd: Lifetime = { ends: false, mayEnd: true };
const ends: Lifetime = { ends: true, mayEnd: false };

describe('a workload', () => {
  it.each<[string, ObservedContainer, Lifetime, string]>([
    ['starts', container(undefined), runs, 'inProgress container web is starting'],
    ['is not ready yet', container(status(running)), runs, 'inProgress container web is starting'],
    [
      'has a probe that fails',
      container(status(running), { probe: 'HTTP status 500' }),
      runs,
      'inProgress container web is not ready: HTTP status 500',
    ],
    ['is ready', container(status(running), { ready: true }), runs, 'succeeded it is ready'],
    [
      'restarts',
      container(status({ phase: 'waiting', reason: 'restarting' }, { restarts: 1, previousEnd: { exitCode: 3 } })),
      runs,
      'inProgress container web is restarting: it exited with code 3',
    ],
    [
      'restarts again and again',
      container(status(running, { restarts: 3, previousEnd: { exitCode: 3 } })),
      runs,
      'failed container web exited with code 3, 4 times',
    ],
    [
      'was killed for its memory',
      container(status(running, { restarts: 1, previousEnd: { exitCode: 137, reason: 'OOMKilled' } })),
      runs,
      'failed container web was killed: it used more memory than its limit',
    ],
    ['ended just now', container(status(ended(1))), runs, 'inProgress container web exited with code 1'],
    ['ended for good', container(status(ended(1)), { stays: true }), runs, 'failed container web exited with code 1'],
    [
      'ended well for good, but should run',
      container(status(ended(0)), { stays: true }),
      runs,
      'failed container web exited with code 0, but it must keep running',
    ],
    [
      'ends well again and again',
      container(status(running, { restarts: 3, previousEnd: { exitCode: 0 } })),
      runs,
      'failed container web exited with code 0, 4 times, but it must keep running',
    ],
    ['ended well just now', container(status(ended(0))), runs, 'inProgress container web exited with code 0'],
    ['ended well for good, and may', container(status(ended(0)), { stays: true }), mayEnd, 'succeeded it is ready'],
    [
      'ended for good, and may end well',
      container(status(ended(1)), { stays: true }),
      mayEnd,
      'failed container web exited with code 1',
    ],
    [
      'has a sidecar that ended',
      container(status(ended(0)), { role: 'sidecar', stays: true }),
      runs,
      'failed container web exited with code 0, but it must keep running',
    ],
    [
      'was ended by a signal',
      container(status({ phase: 'ended', exitCode: 143, signal: 'SIGTERM' }), { stays: true }),
      runs,
      'failed container web was ended by SIGTERM',
    ],
    [
      'did not start in time',
      container(status(running), { startupFailed: true, probe: 'late' }),
      runs,
      'failed container web did not start: late',
    ],
    ['was removed', container(status({ phase: 'gone' })), runs, 'failed container web was removed by another client'],
    ['runs to its end', container(status(running), { ready: true }), ends, 'inProgress container web is running'],
    ['is complete', container(status(ended(0))), ends, 'succeeded it is complete'],
    ['has a sidecar', container(status(running), { role: 'sidecar', ready: true }), ends, 'succeeded it is complete'],
  ])('%s', (_, observed, lifetime, expected) => {
    const { status: found, message } = judgeWorkload([observed], lifetime);
    expect(`${found} ${message}`).toBe(expected);
  });

  it('waits for all of its containers, but not for those before them', () => {
    const ready = container(status(running), { ready: true });
    const late = container(status(running), { name: 'late' });
    const init = container(status(ended(0)), { role: 'init' });
    expect(judgeWorkload([init, ready, late], runs)).toMatchObject({ status: 'inProgress' });
    expect(judgeWorkload([init, ready], runs)).toMatchObject({ status: 'succeeded' });
  });
});
