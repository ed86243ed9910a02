/** What keeps a pod from being ready. States and Events are those of a cluster of Kubernetes 1.34, shortened. */
import { expect, it } from 'vitest';
import type { PodEvent } from '../../clusters/pods/observed-pod.ts';
import type { ContainerStatus, Pod } from '../../clusters/pods/pod-types.ts';
import type { Failure } from '../../model/outcome.ts';
import { podTroubles } from './pod-troubles.ts';

type State = Omit<ContainerStatus, 'name'>;

const node = { nodeName: 'node' };
const image = '127.0.0.1:5000/no/such:1';

function pod(state: State | undefined, more: Partial<Pod['spec']> = node, status: Pod['status'] = {}): Pod {
  const resources = { limits: { memory: '16Mi' } };
  return {
    metadata: { name: 'web-1' },
    spec: { containers: [{ name: 'c', image, resources }], ...more },
    status: { ...status, ...(state && { containerStatuses: [{ name: 'c', ...state }] }) },
  };
}

const waiting = (reason: string, message?: string): State => ({
  ready: false,
  restartCount: 0,
  state: { waiting: { reason, ...(message !== undefined && { message }) } },
});
const ended = (exitCode: number, reason = 'Error', message?: string): ContainerStatus['state'] => ({
  terminated: { exitCode, reason, ...(message !== undefined && { message }) },
});
const looping = (restartCount: number, exitCode: number, reason = 'Error'): State => ({
  ...waiting('CrashLoopBackOff', 'back-off 20s restarting failed container=c pod=web-1_n(u)'),
  restartCount,
  lastState: ended(exitCode, reason) ?? {},
});
const about = (reason: string, message: string): PodEvent => ({
  type: 'Warning',
  reason,
  message,
  fieldPath: 'spec.containers{c}',
});
const aboutPod = (reason: string, message: string): PodEvent => ({ type: 'Warning', reason, message });

const notFound = `Failed to pull image "${image}": rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;
const noCommand =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "nope": executable file not found in $PATH: unknown';
const log = { pod: 'web-1', container: 'c' };
const unavailable = (detail: string): Failure => ({ code: 'image-unavailable', image, detail, by: 'cluster' });
const missing = unavailable('the registry has no such image (not found)');
const notStarted: Failure = {
  code: 'start-failed',
  detail: 'cannot run "nope": the image has no such command',
  cause: 'no-program',
};

it.each<readonly [what: string, pod: Pod, events: readonly PodEvent[], trouble: object | undefined]>([
  ['nothing', pod({ ready: true, state: { running: {} } }), [], undefined],
  ['it starts', pod(waiting('ContainerCreating')), [], undefined],
  ['it runs and was never probed', pod({ ready: false, state: { running: {} } }), [], undefined],
  [
    'no node, by an Event',
    pod(undefined, {}),
    [
      aboutPod(
        'FailedScheduling',
        "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
      ),
    ],
    {
      detail: "no node can run it: 0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector",
      heals: 'maybe',
      failure: {
        code: 'unschedulable',
        detail: "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector",
      },
    },
  ],
  [
    'the image does not exist, by an Event before the status',
    pod(waiting('ContainerCreating')),
    [about('Failed', notFound), about('Failed', 'Error: ErrImagePull')],
    {
      detail: `container c: the image ${image} cannot be pulled: the registry has no such image (not found)`,
      heals: 'never',
      failure: missing,
    },
  ],
  [
    'the image does not exist, by the status alone',
    pod(waiting('ErrImagePull', notFound.slice(notFound.indexOf('rpc error')))),
    [],
    {
      detail: `container c: the image ${image} cannot be pulled: the registry has no such image (not found)`,
      heals: 'never',
      failure: missing,
    },
  ],
  [
    'the registry does not answer',
    pod(waiting('ImagePullBackOff', `Back-off pulling image "${image}"`)),
    [
      about(
        'Failed',
        `Failed to pull image "${image}": rpc error: code = Unknown desc = failed to do request: Head "https://r/v2": dial tcp 192.0.2.9:443: connect: connection refused`,
      ),
    ],
    {
      detail: expect.stringContaining('registry 192.0.2.9:443 does not answer: connection refused') as string,
      heals: 'maybe',
      failure: unavailable('registry 192.0.2.9:443 does not answer: connection refused'),
    },
  ],
  [
    'the image was pulled at last',
    pod(waiting('ContainerCreating')),
    [about('Failed', notFound), about('Pulled', 'Successfully pulled image')],
    undefined,
  ],
  [
    'an invalid image name',
    pod(waiting('InvalidImageName', 'x')),
    [],
    {
      detail: `container c: the image name "${image}" is invalid`,
      heals: 'never',
      failure: unavailable('the name of the image is invalid'),
    },
  ],
  [
    'a crash, the first time',
    pod({ ready: false, restartCount: 0, state: ended(3) ?? {} }),
    [],
    { detail: 'container c: exited with code 3', heals: 'maybe', log },
  ],
  [
    'a crash loop below the limit',
    pod(looping(2, 3)),
    [],
    { detail: 'container c: exited with code 3, restarted 2 times', heals: 'maybe', log },
  ],
  [
    'a crash loop at the limit',
    pod(looping(3, 3)),
    [],
    { detail: 'container c: exited with code 3, restarted 3 times', heals: 'never', log },
  ],
  [
    'it runs again after the last allowed crash',
    pod({ ready: false, restartCount: 3, state: { running: {} }, lastState: ended(3) ?? {} }),
    [],
    { detail: 'container c: exited with code 3, restarted 3 times', heals: 'maybe', log },
  ],
  [
    'it is ready again after crashes',
    pod({ ready: true, restartCount: 3, state: { running: {} }, lastState: ended(3) ?? {} }),
    [],
    undefined,
  ],
  [
    'a service that ends without an error',
    pod(looping(3, 0, 'Completed')),
    [],
    { detail: 'container c: exited with code 0, restarted 3 times', heals: 'never', log },
  ],
  [
    'a pod that completes',
    pod({ state: ended(0, 'Completed') ?? {} }, { ...node, restartPolicy: 'Never' }),
    [],
    undefined,
  ],
  [
    'a failed container that is never restarted',
    pod({ state: ended(1) ?? {} }, { ...node, restartPolicy: 'Never' }),
    [],
    { detail: 'container c: exited with code 1', heals: 'never', log },
  ],
  [
    'out of memory',
    pod(looping(3, 137, 'OOMKilled')),
    [],
    { detail: 'container c: ran out of memory (its limit is 16Mi), restarted 3 times', heals: 'never', log },
  ],
  [
    'killed by a signal',
    pod(looping(1, 139)),
    [],
    { detail: 'container c: was killed by SIGSEGV, restarted once', heals: 'maybe', log },
  ],
  [
    'killed by its liveness probe',
    pod(looping(3, 137)),
    [
      about('Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 500'),
      about('Killing', 'Container c failed liveness probe, will be restarted'),
    ],
    {
      detail:
        'container c: was killed: its liveness probe failed, restarted 3 times: Liveness probe failed: HTTP probe failed with statuscode: 500',
      heals: 'never',
      log,
    },
  ],
  [
    'no such command',
    pod({ ...waiting('RunContainerError', noCommand), lastState: ended(128, 'StartError', noCommand) ?? {} }),
    [],
    { detail: 'container c: cannot run "nope": the image has no such command', heals: 'never', failure: notStarted },
  ],
  [
    'no such command, by an Event',
    pod(waiting('ContainerCreating')),
    [about('Failed', `Error: ${noCommand}`)],
    { detail: 'container c: cannot run "nope": the image has no such command', heals: 'never', failure: notStarted },
  ],
  [
    'a missing ConfigMap',
    pod(waiting('CreateContainerConfigError', 'configmap "nope" not found')),
    [],
    { detail: 'container c: the namespace has no ConfigMap "nope"', heals: 'maybe' },
  ],
  [
    'an image that runs as root',
    pod(
      waiting(
        'CreateContainerConfigError',
        'container has runAsNonRoot and image will run as root (pod: "x", container: c)',
      ),
    ),
    [],
    { detail: expect.stringContaining('container c: container has runAsNonRoot') as string, heals: 'never' },
  ],
  [
    'a missing Secret of a volume',
    pod(waiting('ContainerCreating')),
    [aboutPod('FailedMount', 'MountVolume.SetUp failed for volume "v" : secret "nope" not found')],
    { detail: 'the volume "v" is not available: the namespace has no Secret "nope"', heals: 'maybe' },
  ],
  [
    'a volume that was late',
    pod(waiting('ContainerCreating')),
    [aboutPod('FailedMount', 'MountVolume.SetUp failed for volume "v" : x'), about('Pulled', 'y')],
    undefined,
  ],
  [
    'no network',
    pod(waiting('ContainerCreating')),
    [
      aboutPod(
        'FailedCreatePodSandBox',
        'Failed to create pod sandbox: rpc error: code = Unknown desc = plugin type="bridge" failed.',
      ),
    ],
    { detail: 'the node cannot create its network: plugin type="bridge" failed', heals: 'maybe' },
  ],
  [
    'not ready by its probe',
    pod({ ready: false, state: { running: {} } }),
    [about('Unhealthy', 'Readiness probe failed: not yet\n')],
    { detail: 'container c: its readiness probe failed: not yet', heals: 'maybe', log },
  ],
  [
    'evicted',
    pod(undefined, node, { phase: 'Failed', reason: 'Evicted', message: 'The node was low on memory. ' }),
    [],
    {
      detail: 'Evicted: The node was low on memory',
      heals: 'maybe',
      failure: { code: 'evicted', detail: 'Evicted: The node was low on memory' },
    },
  ],
])('%s', (_what, observed, events, trouble) => {
  expect(podTroubles({ pod: observed, events }, { restarts: 3 })).toEqual(trouble === undefined ? [] : [trouble]);
});

it('a sidecar that ends is a crash, an init container that is done is none', () => {
  const initContainers = [{ name: 'schema' }, { name: 'proxy', restartPolicy: 'Always' }];
  const initContainerStatuses = [
    { name: 'schema', state: ended(0) ?? {} },
    { name: 'proxy', restartCount: 3, state: ended(0) ?? {} },
  ];
  const observed = pod(waiting('PodInitializing'), { ...node, initContainers }, { initContainerStatuses });
  expect(podTroubles({ pod: observed, events: [] }, { restarts: 3 })).toMatchObject([
    { detail: 'container proxy: exited with code 0, restarted 3 times', heals: 'never' },
  ]);
});

it('an object that counts the failures of its pods decides itself', () => {
  expect(podTroubles({ pod: pod(looping(9, 1)), events: [] }, { restarts: 'never' })).toMatchObject([
    { heals: 'maybe' },
  ]);
});
