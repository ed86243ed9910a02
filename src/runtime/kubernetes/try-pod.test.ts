import { expect, test, type TestContext } from 'vitest';
import { openTestCluster } from '../../../test/rigs/test-cluster.ts';
import { noKubernetesSettings, type KubernetesSettings } from '../../model/kubernetes-settings.ts';
import { workspacePath } from '../../steps/workload/make-workload-spec.ts';
import type { WorkloadSpec } from '../runtime.ts';
import { ApiError, ClusterLost } from '../../clusters/api/api-error.ts';
import { tryPod } from './try-pod.ts';

const workload: WorkloadSpec = {
  name: 'slipway-tried',
  labels: { 'slipway.dev/store': 'tried' },
  lifetime: 'step',
  pull: 'missing',
  volumes: [{ name: 'workspace', content: [] }],
  containers: [
    {
      name: 'step',
      image: 'busybox',
      command: ['true'],
      env: {},
      mounts: [{ volume: 'workspace', path: workspacePath }],
    },
  ],
};
const signal = new AbortController().signal;

async function answered(error: Error) {
  return await tryPod(
    { client: { json: async () => await Promise.reject(error) }, namespace: 'ci', settings: noKubernetesSettings },
    workload,
    signal,
  );
}

test.each<[string, Error, object]>([
  [
    'a policy',
    new ApiError(403, 'pods "x" is forbidden: exceeded quota: few'),
    { status: 'refused', failure: { code: 'quota-exceeded' } },
  ],
  [
    'a webhook without dry-run support',
    new ApiError(400, 'admission webhook "w.example" does not support dry run'),
    { status: 'untried', because: expect.stringContaining('w.example') as string },
  ],
  ['a new namespace', new ApiError(403, 'pods "x" is forbidden: status unknown for quota: few'), { status: 'untried' }],
  [
    'an unreachable cluster',
    new ClusterLost('connection refused'),
    { status: 'untried', because: 'connection refused' },
  ],
])('%s', async (_, error, expected) => expect(await answered(error)).toMatchObject(expected));

test('a bug is rethrown', async () => {
  await expect(answered(new TypeError('x'))).rejects.toThrow(TypeError);
});

const restricted: KubernetesSettings = { ...noKubernetesSettings, restricted: { user: 1000, group: 1000 } };
const quota = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'few' },
  spec: { hard: { 'limits.memory': '1Gi' } },
};
const range = {
  apiVersion: 'v1',
  kind: 'LimitRange',
  metadata: { name: 'least' },
  spec: { limits: [{ type: 'Container', max: { memory: '1Gi' } }] },
};
const greedy: KubernetesSettings = {
  ...noKubernetesSettings,
  podTemplate: { spec: { containers: [{ name: '*', resources: { limits: { memory: '2Gi' } } }] } },
};

interface Namespace {
  readonly labels?: Readonly<Record<string, string>>;
  readonly objects?: readonly (readonly [kind: string, object: object])[];
  readonly settings?: KubernetesSettings;
  /** Another namespace than that of the test. */
  readonly called?: string;
}

test.for<[string, Namespace, object]>([
  ['accepts it', {}, { status: 'taken' }],
  [
    'is restricted',
    { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    {
      status: 'refused',
      failure: { code: 'forbidden', detail: expect.stringContaining('kubernetes.restricted: true') as string },
    },
  ],
  [
    'is restricted, and pods comply',
    { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' }, settings: restricted },
    { status: 'taken' },
  ],
  ['has a quota', { objects: [['resourcequotas', quota]] }, { status: 'refused', failure: { code: 'quota-exceeded' } }],
  [
    'has a range',
    { objects: [['limitranges', range]], settings: greedy },
    { status: 'refused', failure: { code: 'start-failed', detail: expect.stringContaining('LimitRange') as string } },
  ],
  [
    'does not exist',
    { called: 'slipway-test-that-is-not-there' },
    { status: 'refused', failure: { code: 'start-failed', noNamespace: 'slipway-test-that-is-not-there' } },
  ],
])(
  'a real namespace that %s',
  { timeout: 30_000 },
  async ([, { labels, objects = [], settings = noKubernetesSettings, called }, expected], context: TestContext) => {
    const opened = await openTestCluster(labels);
    if ('skip' in opened) context.skip(opened.skip);
    await using cluster = opened;
    const { client, namespace } = cluster;
    for (const [kind, body] of objects) await client.json('POST', `/api/v1/namespaces/${namespace}/${kind}`, { body });
    const tried = async () => await tryPod({ client, namespace: called ?? namespace, settings }, workload, signal);
    // The API server learns of a new quota, and what counts in it, some time after it was made.
    await expect.poll(tried, { timeout: 25_000 }).toMatchObject(expected);
    expect(await cluster.podsWith(workload.labels)).toEqual([]);
  },
);
