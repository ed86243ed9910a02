import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../model/outcome.ts';
import { judgeStart, type Start } from './judge-start.ts';
import type { Judgement } from './judgement.ts';
import type { PodEvent, ObservedPod } from '../../../clusters/pods/observed-pod.ts';
import { containersAnnotation } from './pod-specification.ts';
import type { ContainerState, PodStatus } from '../../../clusters/pods/pod-types.ts';

/**
 * The pod was created at 0. Reported by Kubernetes 1.34 with containerd: missing images, registries that refuse or are
 * not found, names, pulls that are not allowed, Secrets and ConfigMaps, users, shells, nodes. All else is written after
 * what is known of it, and was not seen on a cluster.
 */
const image = 'registry.example:5000/no/such:1';
const told = (reason: string, message: string, more: Partial<PodEvent> = {}): PodEvent => ({
  type: 'Warning',
  reason,
  message,
  fieldPath: 'spec.containers{step}',
  at: 1_000,
  ...more,
});
const ofPod = (reason: string, message: string, more: Partial<PodEvent> = {}): PodEvent => ({
  type: 'Warning',
  reason,
  message,
  at: 1_000,
  ...more,
});
const scheduled = ofPod('Scheduled', 'Successfully assigned ci/build to worker-1', { type: 'Normal' });
const pulling = told('Pulling', `Pulling image "${image}"`, { type: 'Normal' });
const started = told('Started', 'Started container step', { type: 'Normal' });
const refusal = (said: string, more: Partial<PodEvent> = {}) =>
  told('Failed', `Failed to pull image "${image}": ${said}`, more);
const resolving = `failed to pull and unpack image "${image}": failed to resolve reference "${image}": `;

function observed(events: readonly PodEvent[], state?: ContainerState, status: PodStatus = {}): ObservedPod {
  const spec = {
    containers: [{ name: 'slipway' }, { name: 'step', image }],
    ...(events.includes(scheduled) && { nodeName: 'worker-1' }),
  };
  return {
    pod: {
      metadata: { name: 'build', annotations: { [containersAnnotation]: 'step' } },
      spec,
      status: { ...status, ...(state && { containerStatuses: [{ name: 'step', state }] }) },
    },
    events,
  };
}

function judged(of: ObservedPod, now = 2_000): Judgement<Start> {
  return judgeStart(of, 'step', { closed: [], now, createdAt: 0, settings: { unschedulableAfterMs: 120_000 } });
}

const failing = (failure: Failure, of: { readonly container?: string } = { container: 'step' }) => ({
  settled: { status: 'failed', failure, ...of },
});
/** For the whole pod. */
const podRefused = (detail: string) => failing({ code: 'start-failed', detail, by: 'cluster' }, {});
const unavailable = (detail: string) => failing({ code: 'image-unavailable', image, detail, by: 'cluster' });
const refused = (detail: string) => failing({ code: 'start-failed', detail, by: 'cluster' });

describe('a container that has started', () => {
  it.each<[string, ObservedPod]>([
    ['its Event arrives first', observed([scheduled, started])],
    ['its status arrives first', observed([], { running: {} })],
    [
      'after pulls that failed',
      observed([scheduled, pulling, refusal('connection reset by peer', { count: 3 }), started]),
    ],
    ['the Events arrive before the pod', { events: [scheduled, started] }],
  ])('%s', (_, of) => expect(judged(of, 500_000)).toEqual({ settled: { status: 'started' } }));

  it('is not another container', () =>
    expect(judged(observed([scheduled, { ...started, fieldPath: 'spec.containers{slipway}' }]))).toEqual({}));
  it('has already ended', () =>
    expect(
      judged(observed([scheduled, started], { terminated: { exitCode: 3, finishedAt: '1970-01-01T00:00:09Z' } })),
    ).toEqual({ settled: { status: 'ended', exit: { code: 3, at: 9_000 } } }));
});

describe('an image that cannot be pulled', () => {
  it.each<[string, string, string]>([
    [
      'the image does not exist',
      `rpc error: code = NotFound desc = ${resolving}${image}: not found`,
      'the registry has no such image (not found)',
    ],
    [
      'CRI-O',
      `initializing source docker://${image}: reading manifest 1 in registry.example:5000/no/such: manifest unknown`,
      'manifest unknown',
    ],
    [
      'cri-dockerd',
      "rpc error: code = Unknown desc = Error response from daemon: pull access denied for no/such, repository does not exist or may require 'docker login'",
      "pull access denied for no/such, repository does not exist or may require 'docker login'",
    ],
    [
      'no permission',
      `${resolving}failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://registry.example/token: 401 Unauthorized`,
      'unexpected status from GET request to https://registry.example/token: 401 Unauthorized',
    ],
    [
      'no such registry',
      `${resolving}failed to do request: Head "https://registry.example/v2/no/such/manifests/1": dial tcp: lookup registry.example on 10.0.0.10:53: no such host`,
      'cannot look up registry registry.example: no such host',
    ],
    [
      'a certificate',
      `${resolving}failed to do request: Head "https://registry.example:5000/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
      'Head "https://registry.example:5000/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    ],
  ])('at once: %s', (_, said, detail) => {
    expect(judged(observed([scheduled, pulling, refusal(said)]))).toEqual(unavailable(detail));
    // Clusters without permission to read Events report it later, by the status.
    expect(judged(observed([scheduled], { waiting: { reason: 'ErrImagePull', message: said } }))).toEqual(
      unavailable(detail),
    );
    expect(
      judged(
        observed([scheduled], {
          waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}": ErrImagePull: ${said}` },
        }),
      ),
    ).toEqual(unavailable(detail));
  });

  const down = `${resolving}failed to do request: Head "http://registry.example:5000/v2/": dial tcp 192.0.2.7:5000: connect: connection refused`;
  const isDown = 'registry 192.0.2.7:5000 does not answer: connection refused';
  it.each<[string, ObservedPod, number, ReturnType<typeof judged> | ReturnType<typeof unavailable>]>([
    ['may pass', observed([scheduled, pulling, refusal(down)]), 2_000, { recheckInMs: 19_000 }],
    ['has not passed', observed([scheduled, pulling, refusal(down)]), 21_000, unavailable(isDown)],
    [
      'twice',
      observed([scheduled, { ...pulling, count: 2 }, refusal(down, { count: 2 })]),
      15_000,
      unavailable(isDown),
    ],
    [
      'twice, with different messages',
      observed([scheduled, { ...pulling, count: 2 }, refusal(down), refusal('unexpected EOF')]),
      15_000,
      unavailable('unexpected EOF'),
    ],
    [
      'the retry is in progress, and takes long',
      observed([scheduled, { ...pulling, count: 2 }, refusal(down)]),
      60_000,
      {},
    ],
    [
      'the retry succeeded',
      observed([scheduled, { ...pulling, count: 2 }, refusal(down), told('Pulled', 'Successfully pulled image')]),
      60_000,
      {},
    ],
    [
      'too many requests',
      observed([
        scheduled,
        pulling,
        refusal(`${resolving}unexpected status: 429 Too Many Requests - toomanyrequests: access denied`),
      ]),
      2_000,
      { recheckInMs: 19_000 },
    ],
    [
      'the status alone, reported long ago',
      observed([scheduled], { waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` } }),
      60_000,
      unavailable('the node could not pull it'),
    ],
  ])('%s', (_, of, now, expected) => expect(judged(of, now)).toEqual(expected));

  it('has an invalid name', () => {
    const said =
      'Failed to apply default image tag "Localhost/BusyBox:1": couldn\'t parse image name "Localhost/BusyBox:1": invalid reference format: repository name (BusyBox) must be lowercase';
    const wrong = unavailable('invalid image name: repository name (BusyBox) must be lowercase');
    expect(
      judged(observed([scheduled, told('InspectFailed', said), told('Failed', 'Error: InvalidImageName')])),
    ).toEqual(wrong);
    expect(judged(observed([scheduled], { waiting: { reason: 'InvalidImageName', message: said } }))).toEqual(wrong);
  });

  it('may not be pulled', () => {
    const said = `Container image "${image}" is not present with pull policy of Never`;
    const absent = failing({
      code: 'image-unavailable',
      image,
      detail: 'the node does not have the image, and --pull never forbids pulling it',
      by: 'cluster',
      notPulled: true,
    });
    expect(
      judged(observed([scheduled, told('ErrImageNeverPull', said), told('Failed', 'Error: ErrImageNeverPull')])),
    ).toEqual(absent);
    expect(judged(observed([scheduled], { waiting: { reason: 'ErrImageNeverPull', message: said } }))).toEqual(absent);
  });

  it('because the node is full', () => {
    const said = 'failed to extract layer sha256:0: write /a: no space left on device';
    expect(judged(observed([scheduled, pulling, refusal(said)]))).toEqual(
      failing({ code: 'disk-full', where: 'the node', detail: 'write /a: no space left on device' }),
    );
  });
});

describe('missing objects of the pod', () => {
  const noSecret = 'secret "password" not found';
  it.each<[string, ObservedPod, number, unknown]>([
    [
      'a Secret may be created soon',
      observed([scheduled, told('Failed', `Error: ${noSecret}`)]),
      2_000,
      { recheckInMs: 3_000 },
    ],
    [
      'a missing Secret',
      observed([scheduled, told('Failed', `Error: ${noSecret}`, { count: 3 })]),
      5_000,
      refused('the namespace has no Secret "password"'),
    ],
    [
      'reported by the status',
      observed([scheduled], {
        waiting: { reason: 'CreateContainerConfigError', message: 'configmap "settings" not found' },
      }),
      5_000,
      refused('the namespace has no ConfigMap "settings"'),
    ],
    [
      'a missing key',
      observed([scheduled, told('Failed', "Error: couldn't find key token in Secret ci/password")]),
      5_000,
      refused('the Secret "password" has no key "token"'),
    ],
    [
      'a volume',
      observed([
        scheduled,
        ofPod('FailedMount', `MountVolume.SetUp failed for volume "keys" : ${noSecret}`, { count: 4 }),
      ]),
      6_000,
      podRefused('the volume "keys" is not available: the namespace has no Secret "password"'),
    ],
    [
      'a volume whose Secret was created',
      observed([scheduled, ofPod('FailedMount', `MountVolume.SetUp failed for volume "keys" : ${noSecret}`), pulling]),
      60_000,
      {},
    ],
    [
      'a node that is slow with a volume',
      observed([
        scheduled,
        ofPod(
          'FailedMount',
          'MountVolume.SetUp failed for volume "kube-api-access-x" : failed to sync configmap cache: timed out waiting for the condition',
        ),
      ]),
      31_000,
      { recheckInMs: 90_000 },
    ],
    [
      'a missing network',
      observed([
        scheduled,
        ofPod(
          'FailedCreatePodSandBox',
          'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: plugin is not initialized',
        ),
      ]),
      61_000,
      podRefused(
        "the node cannot create the pod's network: failed to setup network for sandbox: plugin is not initialized",
      ),
    ],
    [
      'a retried error',
      observed([scheduled, told('Failed', 'Error: context deadline exceeded')]),
      11_000,
      { recheckInMs: 10_000 },
    ],
  ])('%s', (_, of, now, expected) => expect(judged(of, now)).toEqual(expected));

  it('a user', () => {
    const of = observed([
      scheduled,
      told(
        'Failed',
        'Error: container has runAsNonRoot and image will run as root (pod: "build_ci(7d46c0bf)", container: step)',
      ),
    ]);
    expect(judged(of)).toMatchObject({
      settled: {
        failure: { code: 'start-failed', detail: expect.stringContaining('kubernetes.restricted') as string },
      },
    });
  });

  it('a shell', () => {
    const said =
      'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/bin/sh": stat /bin/sh: no such file or directory: unknown';
    const detail = 'cannot run "/bin/sh": no such file or directory';
    const failure = { code: 'start-failed', detail, cause: 'no-program' } as const;
    expect(judged(observed([scheduled, told('Failed', `Error: ${said}`)]))).toEqual(failing(failure));
    expect(
      judged(
        observed([scheduled], {
          terminated: { exitCode: 128, reason: 'StartError', message: said, finishedAt: '2026-11-21T15:36:00Z' },
        }),
      ),
    ).toEqual(failing(failure));
  });
});

describe('a pod without a node', () => {
  const said =
    '0/1 nodes are available: 1 Insufficient memory. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.';
  const condition = { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: said }] };
  const lost = (words: string) =>
    failing({ code: 'unschedulable', detail: `${words} (waited 120 s: \`kubernetes.unschedulableAfter\`)` }, {});
  it.each<[string, ObservedPod, number, unknown]>([
    ['the cluster may grow', observed([ofPod('FailedScheduling', said)]), 20_000, { recheckInMs: 100_000 }],
    [
      'reported by an Event',
      observed([ofPod('FailedScheduling', said)]),
      120_000,
      lost('0/1 nodes are available: 1 Insufficient memory'),
    ],
    [
      'reported by the status',
      observed([], undefined, condition),
      120_000,
      lost('0/1 nodes are available: 1 Insufficient memory'),
    ],
    ['nothing is reported', observed([]), 120_000, lost('no scheduler called default-scheduler has picked up the pod')],
    ['a node was found', observed([ofPod('FailedScheduling', said), scheduled]), 120_000, {}],
    [
      'nothing is received',
      { ...observed([ofPod('FailedScheduling', said)]), disconnectedSince: 100_000 },
      120_000,
      { recheckInMs: 280_000 },
    ],
  ])('%s', (_, of, now, expected) => expect(judged(of, now)).toEqual(expected));
});
