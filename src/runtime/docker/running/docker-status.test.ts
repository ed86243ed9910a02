import { describe, expect, test } from 'vitest';
import type { InspectedContainer } from '../api/engine-session.ts';
import { dockerRecord, dockerRef, type DockerRecord, type ReportedEnd } from './docker-status.ts';

const [t1, t2, t3] = ['2026-01-01T00:00:01Z', '2026-01-01T00:00:02Z', '2026-01-01T00:00:03Z'] as const;
const at = (text: string) => Date.parse(text);

function inspected(
  state: Partial<InspectedContainer['State']>,
  rest: Partial<InspectedContainer> = {},
): InspectedContainer {
  return {
    Id: 'id',
    Name: '/web-1',
    Created: t1,
    Image: 'sha256:1',
    State: { Status: 'running', Running: true, OOMKilled: false, ExitCode: 0, StartedAt: t1, ...state },
    Config: { Labels: null, WorkingDir: '', Env: null, User: '', Entrypoint: null, Image: 'web:1' },
    HostConfig: {},
    ...rest,
  };
}

/** Takes inspections one after the other. */
function after(...steps: readonly (readonly [InspectedContainer, ReportedEnd?])[]): DockerRecord {
  return steps.reduce<DockerRecord | undefined>((before, [seen, end]) => dockerRecord(seen, before, end), undefined)!;
}

const running = (startedAt: string, count = 0) => inspected({ StartedAt: startedAt }, { RestartCount: count });
const exited = (code: number, startedAt: string = t1, count = 0) =>
  inspected(
    { Status: 'exited', Running: false, ExitCode: code, StartedAt: startedAt, FinishedAt: t2 },
    { RestartCount: count },
  );
const restarting = (code: number, startedAt: string, count: number) =>
  inspected({ Status: 'restarting', ExitCode: code, StartedAt: startedAt, FinishedAt: t2 }, { RestartCount: count });
const created = inspected({ Status: 'created', Running: false, StartedAt: '0001-01-01T00:00:00Z' });

describe('the state of a container', () => {
  test.each<[string, InspectedContainer, object]>([
    ['created', created, { state: { phase: 'waiting', reason: 'created' }, ready: false, restarts: 0 }],
    [
      'running',
      running(t1),
      { state: { phase: 'running', startedAt: at(t1) }, ready: true, image: 'web:1', imageId: 'sha256:1' },
    ],
    ['paused', inspected({ Status: 'paused' }), { state: { phase: 'running' } }],
    ['exited', exited(3), { state: { phase: 'ended', exitCode: 3, startedAt: at(t1), endedAt: at(t2) }, ready: false }],
    ['killed', exited(137), { state: { exitCode: 137, signal: 'SIGKILL' } }],
    ['stopped on Podman', inspected({ Status: 'stopped', Running: false, ExitCode: 1 }), { state: { phase: 'ended' } }],
    [
      'out of memory',
      inspected({ Status: 'exited', Running: false, ExitCode: 137, OOMKilled: true }),
      { state: { reason: 'OOMKilled', signal: 'SIGKILL' } },
    ],
    [
      'never started',
      inspected({ Status: 'created', Running: false, Error: 'no such program', StartedAt: '' }),
      { state: { phase: 'waiting', reason: 'created', detail: 'no such program' } },
    ],
    [
      'restarting',
      restarting(4, t1, 1),
      { state: { phase: 'waiting', reason: 'restarting' }, previousEnd: { exitCode: 4 }, restarts: 0, ready: false },
    ],
    ['removing', inspected({ Status: 'removing', Running: false }), { state: { phase: 'ended' }, leaving: true }],
    ['healthy', inspected({ Health: { Status: 'healthy' } }), { ready: true }],
    ['starting up', inspected({ Health: { Status: 'starting' } }), { ready: false, state: { phase: 'running' } }],
    ['unhealthy', inspected({ Health: { Status: 'unhealthy' } }), { ready: false }],
    ['without a health check on Podman', inspected({ Health: { Status: '' } }), { ready: true }],
  ])('%s', (_, seen, status) => {
    expect(dockerRecord(seen).status).toMatchObject(status);
  });
});

describe('restarts', () => {
  const end: ReportedEnd = { exitCode: 3, endedAt: 5 };
  test.each<[string, readonly (readonly [InspectedContainer, ReportedEnd?])[], object]>([
    ['the first start is none', [[created], [running(t1)]], { restarts: 0 }],
    ['found after two of the policy', [[running(t3, 2)]], { restarts: 2 }],
    [
      'by the policy',
      [[running(t1)], [restarting(3, t1, 1)], [running(t2, 1)]],
      { restarts: 1, previousEnd: { exitCode: 3 } },
    ],
    [
      'each process had ended before its inspection',
      [[restarting(3, t1, 1)], [restarting(3, t2, 2)], [restarting(4, t3, 3)]],
      { restarts: 2, previousEnd: { exitCode: 4 } },
    ],
    ['not counted before its start', [[running(t1)], [restarting(3, t1, 1)]], { restarts: 0 }],
    [
      'by hand, which the engine does not count',
      [[running(t1)], [exited(143)], [running(t2)]],
      { restarts: 1, previousEnd: { exitCode: 143, signal: 'SIGTERM', startedAt: at(t1) } },
    ],
    [
      'by hand after some of the policy, which sets its count to 0',
      [[running(t1, 4)], [running(t2, 0)]],
      { restarts: 5 },
    ],
    ['several between two inspections', [[running(t1)], [running(t3, 3)]], { restarts: 3 }],
    [
      'the end is known from the event alone',
      [[running(t1)], [running(t2, 1), end]],
      { restarts: 1, previousEnd: { exitCode: 3, endedAt: 5 } },
    ],
    [
      'the details of an inspection are kept',
      [[running(t1)], [restarting(137, t1, 1)], [running(t2, 1), { exitCode: 137 }]],
      { previousEnd: { startedAt: at(t1), endedAt: at(t2), signal: 'SIGKILL' } },
    ],
    [
      'an event of a later end replaces an older one',
      [[running(t1)], [restarting(3, t1, 1)], [running(t2, 1)], [running(t3, 2), { exitCode: 9 }]],
      { previousEnd: { exitCode: 9 }, restarts: 2 },
    ],
    [
      'the same inspection again changes nothing',
      [[running(t1)], [running(t2, 1), end], [running(t2, 1), end]],
      { restarts: 1, previousEnd: { exitCode: 3 } },
    ],
  ])('%s', (_, steps, status) => {
    expect(after(...steps).status).toMatchObject(status);
  });
});

describe('the reference', () => {
  test.each<[string, Record<string, string> | null, object]>([
    ['a container of another tool', null, { group: 'web-1', name: 'web-1', kind: 'app', labels: {} }],
    [
      'a container of a workload',
      { 'slipway.dev/workload': 'w', 'slipway.dev/container': 'db', 'slipway.dev/role': 'side' },
      { group: 'w', name: 'db', kind: 'app' },
    ],
    ['an init container', { 'slipway.dev/workload': 'w', 'slipway.dev/role': 'init' }, { kind: 'init' }],
    ['a shell', { 'slipway.dev/workload': 'w', 'slipway.dev/role': 'shell' }, { kind: 'ephemeral' }],
  ])('%s', (_, labels, ref) => {
    const seen = inspected({});
    expect(dockerRef({ ...seen, Config: { ...seen.Config, Labels: labels } })).toMatchObject(ref);
  });
});
