/** Each failure ends with its reason, on the cluster that SLIPWAY_TEST_KUBECONFIG names. */
import { expect, test } from 'vitest';
import { applied } from '../../../test/rigs/applied-objects.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { openTestCluster } from '../../../test/rigs/test-cluster.ts';
import type { ObjectProblem } from '../../model/outcome.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { clusterStatusCheck, type StatusCheckOptions } from './cluster-status-check.ts';

const skip = (process.env['SLIPWAY_TEST_KUBECONFIG'] ?? '') === '';
const registry = process.env['SLIPWAY_TEST_REGISTRY'] ?? '';
const image = 'localhost/busybox:1';

type Fields = Readonly<Record<string, unknown>>;

const container = (script: string, more: Fields = {}): Fields => ({
  name: 'web',
  image,
  command: ['sh', '-c', script],
  ...more,
});
const pod = (one: Fields, more: Fields = {}): Fields => ({
  terminationGracePeriodSeconds: 0,
  containers: [one],
  ...more,
});
const idle = container('sleep 1000');

function object(apiVersion: string, kind: string, name: string, spec: Fields): KubernetesObject {
  return { apiVersion, kind, metadata: { name }, spec };
}

function workload(kind: string, template: Fields, more: Fields = {}): KubernetesObject {
  const labels = { app: 'web' };
  const spec = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: template }, ...more };
  return object('apps/v1', kind, 'web', spec);
}

const deployment = (template: Fields, more: Fields = {}) => workload('Deployment', template, more);
const job = (template: Fields, more: Fields = {}) =>
  object('batch/v1', 'Job', 'web', { template: { spec: { restartPolicy: 'Never', ...template } }, ...more });

const neverReady = { readinessProbe: { exec: { command: ['sh', '-c', 'echo not yet; exit 1'] }, periodSeconds: 1 } };
const noPods = object('v1', 'ResourceQuota', 'few', { hard: { pods: '0' } });

interface Row {
  readonly what: string;
  readonly objects: readonly KubernetesObject[];
  readonly options?: Partial<StatusCheckOptions>;
  readonly problem: { readonly [key in keyof ObjectProblem]?: unknown };
}

/** The deadline of reasons that may pass. The others end long before it. */
const short = { deadlineMs: 5_000 };

const rows: readonly Row[] = [
  {
    what: 'image missing',
    objects: [deployment(pod({ name: 'web', image: 'localhost:1/no/such:1', imagePullPolicy: 'Never' }))],
    problem: {
      object: 'deployment.apps/web',
      detail:
        'container web: the image localhost:1/no/such:1 cannot be pulled: the node does not have it, and imagePullPolicy is Never',
    },
  },
  ...(registry === ''
    ? []
    : [
        {
          what: 'image missing in its registry',
          objects: [deployment(pod({ name: 'web', image: `${registry}/no/such:1` }))],
          problem: {
            detail: `container web: the image ${registry}/no/such:1 cannot be pulled: the registry has no such image (not found)`,
          },
        },
      ]),
  {
    what: 'image name invalid',
    objects: [deployment(pod({ name: 'web', image: 'UPPER/Case:1' }))],
    problem: { detail: 'container web: the image name "UPPER/Case:1" is invalid' },
  },
  {
    what: 'registry away',
    objects: [deployment(pod({ name: 'web', image: '127.0.0.1:9/app:1' }))],
    options: short,
    problem: {
      cause: 'deadline',
      detail: expect.stringContaining('container web: the image 127.0.0.1:9/app:1 cannot'),
    },
  },
  {
    what: 'crash loop',
    objects: [deployment(pod(container('echo no database; exit 3', neverReady)))],
    options: { crashLoopRestarts: 1 },
    problem: { detail: 'container web: exited with code 3, restarted once', lines: ['no database'] },
  },
  {
    what: 'no such command',
    objects: [deployment(pod({ name: 'web', image, command: ['nope'] }))],
    problem: { detail: 'container web: cannot run "nope": the image has no such command' },
  },
  {
    what: 'exit 1 of a pod',
    objects: [object('v1', 'Pod', 'web', pod(container('echo bye; exit 1'), { restartPolicy: 'Never' }))],
    problem: {
      object: 'pod/web',
      detail: expect.stringContaining('container web: exited with code 1'),
      lines: ['bye'],
    },
  },
  {
    what: 'init container fails',
    objects: [deployment(pod(idle, { initContainers: [container('echo no schema; exit 4', { name: 'migrate' })] }))],
    options: { crashLoopRestarts: 0 },
    problem: { detail: 'container migrate: exited with code 4', lines: ['no schema'] },
  },
  {
    what: 'out of memory',
    objects: [
      deployment(pod(container('tail /dev/zero', { ...neverReady, resources: { limits: { memory: '16Mi' } } }))),
    ],
    options: { crashLoopRestarts: 0 },
    problem: { detail: 'container web: ran out of memory (its limit is 16Mi)' },
  },
  {
    what: 'unschedulable',
    objects: [deployment(pod(idle, { nodeSelector: { disk: 'gold' } }))],
    options: short,
    problem: {
      cause: 'deadline',
      detail:
        "was not ready within 5 s: 0 of 1 updated replicas are available: no node can run it: 0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector",
    },
  },
  ...[
    deployment(pod(idle)),
    workload('StatefulSet', pod(idle), { serviceName: 'web' }),
    workload('DaemonSet', pod(idle)),
    workload('ReplicaSet', pod(idle)),
    job(pod(idle)),
  ].map((each): Row => ({
    what: `quota of a ${each.kind}`,
    objects: [noPods, each],
    problem: {
      cause: 'quota',
      detail: expect.stringContaining('its pods are refused: exceeded quota: few, requested: pods=1'),
    },
  })),
  ...[deployment, job].map((kind): Row => {
    const each = kind(pod(idle, { serviceAccountName: 'nobody' }));
    return {
      what: `no service account for a ${each.kind}`,
      objects: [each],
      problem: { detail: expect.stringMatching(/^namespace \S+ has no service account "nobody"$/) },
    };
  }),
  {
    what: 'no ConfigMap',
    objects: [deployment(pod({ ...idle, envFrom: [{ configMapRef: { name: 'settings' } }] }))],
    options: short,
    problem: {
      cause: 'deadline',
      detail: expect.stringContaining('container web: the namespace has no ConfigMap "settings"'),
    },
  },
  {
    what: 'no Secret for a volume',
    objects: [
      deployment(
        pod(
          { ...idle, volumeMounts: [{ name: 'keys', mountPath: '/keys' }] },
          { volumes: [{ name: 'keys', secret: { secretName: 'tls' } }] },
        ),
      ),
    ],
    options: short,
    problem: {
      cause: 'deadline',
      detail: expect.stringContaining('the volume "keys" is not available: the namespace has no Secret "tls"'),
    },
  },
  {
    what: 'probe never ready',
    objects: [deployment(pod(container('echo listening; sleep 1000', neverReady)))],
    options: { deadlineMs: 10_000 },
    problem: {
      cause: 'deadline',
      detail: expect.stringContaining('container web: its readiness probe failed: not yet'),
      lines: ['listening'],
    },
  },
  {
    what: 'progress deadline',
    objects: [deployment(pod(container('sleep 1000', neverReady)), { progressDeadlineSeconds: 8 })],
    problem: {
      cause: 'deadline',
      detail: 'exceeded its progress deadline: container web: its readiness probe failed: not yet',
    },
  },
  {
    what: 'Job failed',
    objects: [job(pod(container('echo bad migration; exit 4')), { backoffLimit: 0 })],
    problem: {
      object: 'job.batch/web',
      detail: 'has reached the specified backoff limit: container web: exited with code 4',
      lines: ['bad migration'],
    },
  },
  {
    what: 'Job out of time',
    objects: [job(pod(idle), { activeDeadlineSeconds: 3 })],
    problem: { cause: 'deadline', detail: 'was active longer than specified deadline' },
  },
  {
    what: 'claim without volume',
    objects: [
      object('v1', 'PersistentVolumeClaim', 'data', {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'gold',
        resources: { requests: { storage: '1Mi' } },
      }),
    ],
    options: short,
    problem: {
      object: 'persistentvolumeclaim/data',
      cause: 'deadline',
      detail: 'was not ready within 5 s: is not bound: storageclass.storage.k8s.io "gold" not found',
    },
  },
];

test.skipIf(skip).each(rows)('fails with its reason: $what', { timeout: 120_000 }, async (row) => {
  const cluster = await openTestCluster();
  if ('skip' in cluster) throw new Error(cluster.skip);
  await using _cluster = cluster;
  const { client, namespace } = cluster;
  const objects = await applied(client, namespace, row.objects);
  const { work, observed } = recordingWork();
  const check = clusterStatusCheck({ target: { client, namespace }, deadlineMs: 60_000, ...row.options });
  const outcome = await check.wait(objects, work);
  expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'not-ready', of: 1 } });
  const problems = outcome.status === 'failed' && outcome.failure.code === 'not-ready' ? outcome.failure.problems : [];
  expect(problems).toEqual([expect.objectContaining({ namespace, ...row.problem })]);
  expect(problems[0]?.cause).toBe(row.problem.cause);
  const told = observed.flatMap((fact) => (fact.type === 'resource.status' ? [`${fact.status}: ${fact.message}`] : []));
  expect(told.at(-1)).toBe(`failed: ${problems[0]?.detail}`);
  expect(told.filter((line, at) => line === told[at - 1])).toEqual([]);
});
