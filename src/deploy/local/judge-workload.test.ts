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

describe('a workload', () => {
  it.each<[string, ObservedContainer, boolean, string]>([
    ['starts', container(undefined), false, 'inProgress container web is starting'],
    ['is not ready yet', container(status(running)), false, 'inProgress container web is starting'],
    [
      'has a probe that fails',
      container(status(running), { probe: 'HTTP status 500' }),
      false,
      'inProgress container web is not ready: HTTP status 500',
    ],
    ['is ready', container(status(running), { ready: true }), false, 'succeeded it is ready'],
    [
      'restarts',
      container(status({ phase: 'waiting', reason: 'restarting' }, { restarts: 1, previousEnd: { exitCode: 3 } })),
      false,
      'inProgress container web is restarting: it exited with code 3',
    ],
    [
      'restarts again and again',
      container(status(running, { restarts: 3, previousEnd: { exitCode: 3 } })),
      false,
      'failed container web exited with code 3, 4 times',
    ],
    [
      'was killed for its memory',
      container(status(running, { restarts: 1, previousEnd: { exitCode: 137, reason: 'OOMKilled' } })),
      false,
      'failed container web was killed: it used more memory than its limit',
    ],
    ['ended just now', container(status(ended(1))), false, 'inProgress container web exited with code 1'],
    ['ended for good', container(status(ended(1)), { stays: true }), false, 'failed container web exited with code 1'],
    ['ended well for good', container(status(ended(0)), { stays: true }), false, 'succeeded it is ready'],
    [
      'was ended by a signal',
      container(status({ phase: 'ended', exitCode: 143, signal: 'SIGTERM' }), { stays: true }),
      false,
      'failed container web was ended by SIGTERM',
    ],
    [
      'did not start in time',
      container(status(running), { startupFailed: true, probe: 'late' }),
      false,
      'failed container web did not start: late',
    ],
    ['was removed', container(status({ phase: 'gone' })), false, 'failed container web was removed by another client'],
    ['runs to its end', container(status(running), { ready: true }), true, 'inProgress container web is running'],
    ['is complete', container(status(ended(0))), true, 'succeeded it is complete'],
    ['has a sidecar', container(status(running), { role: 'sidecar', ready: true }), true, 'succeeded it is complete'],
  ])('%s', (_, observed, ends, expected) => {
    const { status: found, message } = judgeWorkload([observed], ends);
    expect(`${found} ${message}`).toBe(expected);
  });

  it('waits for all of its containers, but not for those before them', () => {
    const ready = container(status(running), { ready: true });
    const late = container(status(running), { name: 'late' });
    const init = container(status(ended(0)), { role: 'init' });
    expect(judgeWorkload([init, ready, late], false)).toMatchObject({ status: 'inProgress' });
    expect(judgeWorkload([init, ready], false)).toMatchObject({ status: 'succeeded' });
  });
});
