/** Ports of real pods, on the cluster that SLIPWAY_TEST_KUBECONFIG names. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { applied } from '../../../test/rigs/applied-objects.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { openTestCluster, type TestCluster } from '../../../test/rigs/test-cluster.ts';
import type { Observation, Work } from '../../model/work.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { openClusterForwards } from './cluster-forwards.ts';
import type { ForwardedPort } from './forwarded-port.ts';

const skip = (process.env['SLIPWAY_TEST_KUBECONFIG'] ?? '') === '';
const labels = { app: 'web' };

/** Serves the name of its pod over HTTP, and echoes on another port. */
const script = [
  'mkdir /www && hostname > /www/index.html',
  'httpd -p 8080 -h /www',
  'while :; do nc -l -p 7000 -e cat; done',
].join('\n');

const deployment: KubernetesObject = {
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } },
  spec: {
    replicas: 2,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            ...{ name: 'httpd', image: 'localhost/busybox:1', command: ['sh', '-c', script] },
            ports: [{ name: 'http', containerPort: 8080 }],
            readinessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 1 },
          },
        ],
      },
    },
  },
};

const service: KubernetesObject = {
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } },
  spec: {
    selector: labels,
    ports: [
      { name: 'page', port: 80, targetPort: 'http' },
      { name: 'dns', port: 53, protocol: 'UDP' },
    ],
  },
};

/** A cluster of one test, in which the Deployment is ready. */
async function openCluster(): Promise<TestCluster> {
  const cluster = await openTestCluster();
  if ('skip' in cluster) throw new Error(cluster.skip);
  await applied(cluster.client, cluster.namespace, [deployment, service]);
  const path = `/apis/apps/v1/namespaces/${cluster.namespace}/deployments/web`;
  const ready = async () =>
    (await cluster.client.json<{ readonly status: { readonly readyReplicas?: number } }>('GET', path)).status;
  await expect.poll(ready, { timeout: 60_000 }).toMatchObject({ readyReplicas: 2 });
  return cluster;
}

const portOf = (kind: ForwardedPort['resource']['kind'], port: number | string, localPort?: number): ForwardedPort => ({
  ...{ resource: { kind, name: 'web' }, port, address: '127.0.0.1' },
  ...(localPort !== undefined && { localPort }),
});

async function forwarded(
  cluster: TestCluster,
  ports: readonly ForwardedPort[],
  work: Work,
  waitMs?: number,
): Promise<AsyncDisposable> {
  const target = { client: cluster.client, namespace: cluster.namespace };
  return await openClusterForwards({ target, ports, ...(waitMs !== undefined && { waitMs }) }, work);
}

const openedIn = (observed: readonly Observation[]) =>
  observed.flatMap((fact) => (fact.type === 'port.forwarded' ? [fact] : []));
const warningsIn = (observed: readonly Observation[]) =>
  observed.flatMap((fact) => (fact.type === 'noted' ? [fact.message] : []));

/** Returns the name of the pod that answers. */
async function fetched(port: number | undefined): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
  return (await answer.text()).trim();
}

test.skipIf(skip)('a Service keeps its local port while its pods are replaced', { timeout: 120_000 }, async () => {
  await using cluster = await openCluster();
  const { work, observed } = recordingWork();
  await using _forwards = await forwarded(cluster, [portOf('service', 80), portOf('service', 'page')], work);
  const [byNumber, byName] = openedIn(observed);
  expect(byNumber).toMatchObject({ resource: 'service/web', port: 80, address: '127.0.0.1' });
  const first = await fetched(byNumber?.localPort);
  expect(first).toMatch(/^web-/);
  expect(await fetched(byName?.localPort)).toBe(first);
  await cluster.client.json('DELETE', `/api/v1/namespaces/${cluster.namespace}/pods/${first}`);
  const second = await fetched(byNumber?.localPort);
  expect(second).toMatch(/^web-/);
  // Both pods at once: a connection waits for the next one.
  const pods = await cluster.podsWith(labels);
  for (const pod of pods) await cluster.client.json('DELETE', `/api/v1/namespaces/${cluster.namespace}/pods/${pod}`);
  const third = await fetched(byNumber?.localPort);
  expect(pods).not.toContain(third);
});

test.skipIf(skip)('a taken port is replaced, and UDP and unknown ports are named', { timeout: 60_000 }, async () => {
  await using cluster = await openCluster();
  const taken = createServer();
  await once(taken.listen(0, '127.0.0.1'), 'listening');
  const { port } = taken.address() as AddressInfo;
  const { work, observed } = recordingWork();
  await using _forwards = await forwarded(
    cluster,
    [portOf('deployment', 'http', port), portOf('service', 53), portOf('service', 81)],
    work,
  );
  taken.close();
  const [opened, ...others] = openedIn(observed);
  expect(others).toEqual([]);
  expect(opened).toMatchObject({ resource: 'deployment/web', instead: { of: port, because: 'taken' } });
  expect(opened?.localPort).toBeGreaterThan(port);
  expect(await fetched(opened?.localPort)).toMatch(/^web-/);
  expect(warningsIn(observed)).toEqual([
    'service/web:53 is not forwarded: service/web has port 53 only as UDP, and only TCP can be forwarded',
    'service/web:81 is not forwarded: service/web has no port 81. Its ports: 80 (page), 53 (dns)',
  ]);
});

test.skipIf(skip)(
  'carries much in both directions, and hears the answer after the end',
  { timeout: 60_000 },
  async () => {
    await using cluster = await openCluster();
    const { work, observed } = recordingWork();
    await using _forwards = await forwarded(cluster, [portOf('deployment', 7000)], work);
    const client = connect({ host: '127.0.0.1', port: openedIn(observed)[0]?.localPort ?? 0, allowHalfOpen: true });
    const sent = Buffer.alloc(3_000_000, 'abcdefg');
    client.end(sent);
    const parts: Buffer[] = [];
    client.on('data', (bytes: Buffer) => parts.push(bytes));
    await once(client, 'end');
    expect(Buffer.concat(parts).equals(sent)).toBe(true);
  },
);

test.skipIf(skip)('says why a connection was closed', { timeout: 60_000 }, async () => {
  await using cluster = await openCluster();
  const { work, observed } = recordingWork();
  const missing = { ...portOf('statefulset', 80), resource: { kind: 'statefulset', name: 'none' } } as const;
  await using _forwards = await forwarded(cluster, [portOf('deployment', 9), missing], work, 3_000);
  for (const { localPort } of openedIn(observed)) await expect(fetched(localPort)).rejects.toThrow('fetch failed');
  await expect
    .poll(() => warningsIn(observed), { timeout: 10_000 })
    .toEqual([
      expect.stringMatching(/^statefulset\/none:80: connections wait, because statefulset\/none does not exist in /),
      expect.stringMatching(
        /^a connection to deployment\/web:9 was closed: deployment\/web is there, but nothing listens on port 9 of pod web-\S+$/,
      ),
      expect.stringMatching(/^a connection to statefulset\/none:80 was closed: statefulset\/none does not exist in /),
    ]);
});
