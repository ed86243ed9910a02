import { describe, expect, it } from 'vitest';
import { containersFault } from './judge-containers.ts';
import { judgeEnd } from './judge-end.ts';
import { judgeStart, judgeStarting } from './judge-start.ts';
import type { PodEvent, ObservedPod } from '../../../clusters/pods/observed-pod.ts';
import { containersAnnotation } from './pod-specification.ts';
import type { ContainerState, ContainerStatus, Pod, PodStatus } from '../../../clusters/pods/pod-types.ts';

/**
 * Statuses and Events as reported by Kubernetes 1.34 for pods with such templates. Those of pods that a node rejects
 * are as documented.
 */
type States = Readonly<Record<string, ContainerState>>;
interface Told extends Partial<Omit<ObservedPod, 'events'>> {
  readonly events?: readonly PodEvent[];
  readonly status?: PodStatus;
  readonly metadata?: Partial<Pod['metadata']>;
  /** How containers ended before they were restarted. */
  readonly last?: States;
}

const control = { volumeMounts: [{ name: 'slipway-control', mountPath: '/.slipway-pod' }] };
const spec: Pod['spec'] = {
  initContainers: [
    { name: 'prep', image: 'prep:1', resources: { limits: { memory: '20Mi' } } },
    { name: 'mesh', restartPolicy: 'Always' },
  ],
  containers: [
    { name: 'slipway', ...control },
    { name: 'step', ...control },
    { name: 'first', ...control },
    { name: 'proxy', image: 'proxy:1', resources: { limits: { memory: '1Mi' } } },
  ],
  nodeName: 'worker-1',
};

function observed(states: States, { events = [], status = {}, metadata, last = {}, ...more }: Told = {}): ObservedPod {
  const statusOf = (name: string): ContainerStatus[] =>
    states[name] === undefined ? [] : [{ name, state: states[name], ...(last[name] && { lastState: last[name] }) }];
  const of = (containers: Pod['spec']['containers'] = []) => containers.flatMap(({ name }) => statusOf(name));
  const pod: Pod = {
    metadata: { name: 'build', annotations: { [containersAnnotation]: 'step' }, ...metadata },
    spec,
    status: {
      phase: 'Pending',
      initContainerStatuses: of(spec.initContainers),
      containerStatuses: of(spec.containers),
      ...status,
    },
  };
  return { pod, events, ...more };
}

const exited = (
  exitCode: number,
  reason = exitCode === 0 ? 'Completed' : 'Error',
  message?: string,
): ContainerState => ({ terminated: { exitCode, reason, ...(message !== undefined && { message }) } });
const waiting = (reason: string, message?: string): ContainerState => ({
  waiting: { reason, ...(message !== undefined && { message }) },
});
const running: ContainerState = { running: {} };
const initializing = { slipway: waiting('PodInitializing'), step: waiting('PodInitializing') };
const of = (container: string, reason: string, message: string, at = 1_000): PodEvent => ({
  type: 'Warning',
  reason,
  message,
  at,
  fieldPath: `spec.containers{${container}}`,
});
const noCommand =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/no/such": stat /no/such: no such file or directory: unknown';
const noMemory =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error setting cgroup config for procHooks process: unable to set memory limit to 1048576 (current usage: 2547712, peak usage: 2727936): unknown';
const backOff = of('mesh', 'BackOff', 'Back-off restarting failed container mesh in pod build_ci(3189cb3f)');

const fails = (container: string, part: string, how: string, detail = '') => ({
  settled: { failure: { code: 'container-failed', container, part, how, detail }, container },
});

describe('a pod that has not begun its step', () => {
  const judged = (told: ObservedPod, now = 2_000) =>
    containersFault(told, { now, createdAt: 0, closed: ['step', 'first'] });
  it.each<[string, ObservedPod, unknown]>([
    ['everything is in progress', observed({ prep: running, ...initializing }), {}],
    ['an init container has succeeded', observed({ prep: exited(0), ...initializing }), {}],
    [
      'an init container fails',
      observed({ prep: exited(4), ...initializing }),
      fails('prep', 'init', 'exited with code 4'),
    ],
    [
      'an init container has too little memory',
      observed({ prep: exited(137, 'OOMKilled'), ...initializing }),
      fails('prep', 'init', 'ran out of memory: its limit is 20Mi'),
    ],
    [
      'an init container has no such command',
      observed({ prep: exited(128, 'StartError', noCommand), ...initializing }),
      fails('prep', 'init', 'could not be started', 'cannot run "/no/such": no such file or directory'),
    ],
    [
      'the same, reported by an Event',
      observed({ prep: waiting('PodInitializing') }, { events: [of('prep', 'Failed', `Error: ${noCommand}`)] }),
      fails('prep', 'init', 'could not be started', 'cannot run "/no/such": no such file or directory'),
    ],
    [
      'an init container lacks a Secret',
      observed({ prep: waiting('CreateContainerConfigError', 'secret "nope" not found') }),
      { recheckInMs: 3_000 },
    ],
    [
      'an init container cannot be created',
      observed({ prep: waiting('CreateContainerError', 'failed to reserve container name') }, { seenAt: 1_000 }),
      { recheckInMs: 18_000 },
    ],
    [
      'an init container has no image',
      observed({ prep: waiting('ErrImagePull', 'prep:1: not found') }),
      {
        settled: {
          container: 'prep',
          failure: {
            code: 'image-unavailable',
            image: 'prep:1',
            detail: 'container prep: the registry has no such image (not found)',
            by: 'cluster',
          },
        },
      },
    ],
    ['a restarted one failed once', observed({ mesh: exited(9), ...initializing }), {}],
    [
      'a restarted one fails repeatedly',
      observed({ mesh: exited(9), ...initializing }, { events: [backOff] }),
      fails('mesh', 'sidecar', 'exited with code 9 and keeps restarting'),
    ],
    [
      'the same by its status alone',
      observed(
        { mesh: waiting('CrashLoopBackOff', 'back-off 10s restarting failed container=mesh'), ...initializing },
        { last: { mesh: exited(137, 'OOMKilled') } },
      ),
      fails('mesh', 'sidecar', 'ran out of memory and keeps restarting'),
    ],
    [
      'the same, reported by an Event before the status',
      observed({ mesh: waiting('PodInitializing') }, { events: [backOff], seenAt: 1_500 }),
      { recheckInMs: 1_500 },
    ],
    [
      'the same, and the status does not follow',
      observed({ mesh: waiting('PodInitializing') }, { events: [backOff], seenAt: 0 }),
      fails('mesh', 'sidecar', 'keeps restarting'),
    ],
    ['the same after it has started', observed({ mesh: running, ...initializing }, { events: [backOff] }), {}],
    [
      'the step ends before its gate',
      observed({ slipway: running, step: exited(1) }),
      fails('step', 'step', 'exited with code 1 before its command began'),
    ],
    [
      'the step succeeds before its gate',
      observed({ slipway: running, step: exited(0) }),
      fails('step', 'step', 'exited with code 0 before its command began'),
    ],
    [
      'a container before the step ends before its gate',
      observed({ slipway: running, first: exited(2) }),
      fails('first', 'step', 'exited with code 2 before its command began'),
    ],
    [
      'the step has no shell',
      observed({ slipway: running, step: exited(128, 'StartError', noCommand.replaceAll('/no/such', '/bin/sh')) }),
      {
        settled: {
          container: 'step',
          failure: {
            code: 'start-failed',
            detail: 'cannot run "/bin/sh": no such file or directory',
            cause: 'no-program',
          },
        },
      },
    ],
    [
      'the helper has no shell',
      observed({ slipway: exited(128, 'StartError', noCommand.replaceAll('/no/such', '/bin/sh')) }),
      {
        settled: {
          container: 'slipway',
          failure: {
            code: 'start-failed',
            detail: 'cannot run "/bin/sh": no such file or directory',
            cause: 'no-program',
          },
        },
      },
    ],
    [
      'the helper may not run as its user',
      observed({
        slipway: waiting('CreateContainerConfigError', 'container has runAsNonRoot and image will run as root'),
      }),
      {
        settled: {
          container: 'slipway',
          failure: expect.objectContaining({ code: 'start-failed', by: 'cluster' }) as object,
        },
      },
    ],
    [
      'the helper ends',
      observed({ slipway: exited(1), step: running }),
      fails('slipway', 'helper', 'exited with code 1'),
    ],
    [
      'the helper succeeds',
      observed({ slipway: exited(0), step: running }),
      fails('slipway', 'helper', 'exited with code 0'),
    ],
    [
      'the helper lacks a program',
      observed({ slipway: exited(127, 'Error', 'start-failed mkfifo') }),
      fails('slipway', 'helper', 'could not be started', 'cannot run "mkfifo": the image has no such command'),
    ],
    ['a sidecar has succeeded', observed({ slipway: running, step: running, proxy: exited(0) }), {}],
    [
      'a sidecar fails',
      observed({ slipway: running, step: running, proxy: exited(9) }),
      fails('proxy', 'sidecar', 'exited with code 9'),
    ],
    [
      'a sidecar has too small a limit',
      observed({ proxy: exited(128, 'StartError', noMemory) }),
      fails('proxy', 'sidecar', 'could not be started', 'its memory limit of 1Mi is too small'),
    ],
    [
      'a sidecar’s probe fails',
      observed(
        { proxy: exited(137) },
        {
          events: [
            of('proxy', 'Unhealthy', 'Liveness probe failed: connection refused'),
            of('proxy', 'Killing', 'Container proxy failed liveness probe'),
          ],
        },
      ),
      fails('proxy', 'sidecar', 'was killed: its liveness probe failed', 'Liveness probe failed: connection refused'),
    ],
    [
      'a sidecar is killed, and the reason is not yet known',
      observed({ proxy: exited(137) }, { seenAt: 1_500 }),
      { recheckInMs: 1_500 },
    ],
    [
      'a sidecar is killed, and the reason stays unknown',
      observed({ proxy: exited(143) }, { seenAt: 0 }),
      fails('proxy', 'sidecar', 'was killed by SIGTERM'),
    ],
    [
      'the pod is being deleted',
      observed(
        { prep: exited(143), slipway: exited(143) },
        { metadata: { deletionTimestamp: '1970-01-01T00:00:20Z' } },
      ),
      {},
    ],
    ['the pod was not seen yet', { events: [backOff] }, {}],
  ])('%s', (_, told, expected) => expect(judged(told)).toEqual(expected));

  const question = { now: 2_000, createdAt: 0, closed: ['step'], settings: { unschedulableAfterMs: 120_000 } };
  const over = (how: string, detail: string) => ({
    settled: { failure: { code: 'container-failed', container: 'step', part: 'step', how, detail } },
  });
  it.each<[string, ObservedPod, unknown]>([
    [
      'fails, and no container is known',
      observed({}, { status: { phase: 'Failed', reason: 'SomeNewReason', message: 'the node will not' } }),
      over('has no exit code: its pod failed', 'SomeNewReason: the node will not'),
    ],
    [
      'succeeds, and no container is known',
      observed({}, { status: { phase: 'Succeeded' } }),
      over('has no exit code: its pod ended', ''),
    ],
    [
      'is rejected by its node',
      observed(
        {},
        { status: { phase: 'Failed', reason: 'OutOfcpu', message: "Node didn't have enough resource: cpu" } },
      ),
      {
        settled: {
          failure: {
            code: 'unschedulable',
            detail: "node worker-1 rejected the pod: Node didn't have enough resource: cpu",
          },
        },
      },
    ],
    [
      'is being deleted during its init containers',
      observed({ prep: running, ...initializing }, { metadata: { deletionTimestamp: '1970-01-01T00:00:20Z' } }),
      { settled: { failure: expect.objectContaining({ code: 'workload-deleted' }) as object } },
    ],
    [
      'was deleted during its init containers',
      observed({ prep: running, ...initializing }, { deleted: true }),
      { settled: { failure: expect.objectContaining({ code: 'workload-deleted' }) as object } },
    ],
    [
      'was evicted during its init containers',
      observed(
        { prep: exited(137), ...initializing },
        { status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' } },
      ),
      { settled: { failure: { code: 'evicted', detail: 'The node was low on resource: memory' } } },
    ],
  ])('%s', (_, told, expected) => expect(judgeStarting(told, question)).toEqual(expected));

  it('fails while its helper is awaited', () => {
    expect(judgeStart(observed({ prep: exited(4), ...initializing }), 'slipway', question)).toEqual({
      settled: { status: 'failed', ...fails('prep', 'init', 'exited with code 4').settled },
    });
  });
});

describe('a pod whose step runs', () => {
  const failed = (container: string, part: string, how: string) => ({
    settled: { failure: { code: 'container-failed', container, part, how, detail: '' } },
  });
  it.each<[string, ObservedPod, unknown]>([
    [
      'everything runs',
      observed({ prep: exited(0), mesh: running, slipway: running, step: running, proxy: running }),
      {},
    ],
    [
      'the helper ends',
      observed({ slipway: exited(137, 'OOMKilled'), step: running }),
      failed('slipway', 'helper', 'ran out of memory'),
    ],
    [
      'a sidecar fails',
      observed({ slipway: running, step: running, proxy: exited(9) }),
      failed('proxy', 'sidecar', 'exited with code 9'),
    ],
    ['a sidecar has succeeded', observed({ slipway: running, step: running, proxy: exited(0) }), {}],
    [
      'a restarted one fails repeatedly',
      observed({ mesh: waiting('CrashLoopBackOff'), slipway: running, step: running }, { last: { mesh: exited(2) } }),
      failed('mesh', 'sidecar', 'exited with code 2 and keeps restarting'),
    ],
    ['an init container has succeeded', observed({ slipway: running, first: exited(0), step: running }), {}],
    [
      'it ended before a sidecar failed',
      observed({ slipway: running, step: exited(0), proxy: exited(9) }),
      { settled: { code: 0 } },
    ],
    [
      'the whole pod failed, and no container is known',
      observed({}, { status: { phase: 'Failed', reason: 'SomeNewReason' } }),
      {
        settled: {
          failure: {
            code: 'container-failed',
            container: 'step',
            part: 'step',
            how: 'has no exit code: its pod failed',
            detail: 'SomeNewReason',
          },
        },
      },
    ],
  ])('%s', (_, told, expected) => expect(judgeEnd(told, 'step', 10_000)).toEqual(expected));

  it('Slipway ends it', () =>
    expect(judgeEnd(observed({ slipway: exited(143), step: running, proxy: exited(9) }), 'step', 10_000, true)).toEqual(
      {},
    ));
});

describe('a step that its node killed', () => {
  const killed = (how: string, detail = '') => ({
    settled: {
      failure: { code: 'container-failed', container: 'step', part: 'step', how: `was killed: ${how}`, detail },
    },
  });
  const kill = (message: string) => of('step', 'Killing', message);
  it.each<[string, number, readonly PodEvent[], unknown]>([
    [
      'a liveness probe',
      143,
      [of('step', 'Unhealthy', 'Liveness probe failed: not well\n'), kill('Container step failed liveness probe')],
      killed('its liveness probe failed', 'Liveness probe failed: not well'),
    ],
    [
      'a liveness probe, as reported by older kubelets',
      137,
      [kill('Container step failed liveness probe, will be restarted')],
      killed('its liveness probe failed'),
    ],
    [
      'a startup probe without output',
      143,
      [of('step', 'Unhealthy', 'Startup probe failed: '), kill('Container step failed startup probe')],
      killed('its startup probe failed'),
    ],
    [
      'a postStart hook',
      143,
      [of('step', 'FailedPostStartHook', 'PostStartHook failed'), kill('FailedPostStartHook')],
      killed('its postStart hook failed'),
    ],
    [
      'a postStart hook, as reported by older kubelets',
      137,
      [
        of(
          'step',
          'FailedPostStartHook',
          'Exec lifecycle hook ([false]) for Container "step" failed - error: command \'false\' exited with 1: , message: ""',
        ),
        kill('FailedPostStartHook'),
      ],
      killed(
        'its postStart hook failed',
        'Exec lifecycle hook ([false]) for Container "step" failed - error: command \'false\' exited with 1: , message: ""',
      ),
    ],
    [
      'a command that then exits with a code of its own',
      5,
      [kill('Container step failed liveness probe')],
      killed('its liveness probe failed'),
    ],
    [
      'a command that succeeds nevertheless',
      0,
      [kill('Container step failed liveness probe')],
      { settled: { code: 0 } },
    ],
    [
      'a probe that failed and passed again',
      1,
      [of('step', 'Unhealthy', 'Liveness probe failed: not well\n')],
      { settled: { code: 1 } },
    ],
    ['a deleted pod', 143, [kill('Stopping container step')], { settled: { code: 143, signal: 'SIGTERM' } }],
  ])('%s', (_, exitCode, events, expected) =>
    expect(judgeEnd(observed({ slipway: running, step: exited(exitCode) }, { events }), 'step', 10_000)).toEqual(
      expected,
    ),
  );

  it('did not get enough memory to start', () => {
    const told = observed({ slipway: running, step: exited(128, 'StartError', noMemory) });
    const limited = {
      ...told,
      pod: {
        ...told.pod!,
        spec: {
          ...spec,
          containers: spec.containers.map((each) => ({ ...each, resources: { limits: { memory: '1Mi' } } })),
        },
      },
    };
    expect(judgeEnd(limited, 'step', 10_000)).toEqual({
      settled: { failure: { code: 'out-of-memory', limit: '1Mi', atStart: true } },
    });
  });
});
