/** Objects that become ready, on the cluster that SLIPWAY_TEST_KUBECONFIG names. */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { applied } from '../../../test/rigs/applied-objects.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { openTestCluster } from '../../../test/rigs/test-cluster.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { clusterStatusCheck } from './cluster-status-check.ts';

const skip = (process.env['SLIPWAY_TEST_KUBECONFIG'] ?? '') === '';
const image = 'localhost/busybox:1';

type Fields = Readonly<Record<string, unknown>>;

const podOf = (command: readonly string[], more: Fields = {}): Fields => ({
  terminationGracePeriodSeconds: 0,
  containers: [{ name: 'web', image, command }],
  ...more,
});
const idle = podOf(['sleep', '1000']);

function object(apiVersion: string, kind: string, name: string, spec: Fields): KubernetesObject {
  return { apiVersion, kind, metadata: { name }, spec };
}

function workload(kind: string, name: string, pod: Fields, more: Fields = {}): KubernetesObject {
  const labels = { app: name };
  const spec = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod }, ...more };
  return object('apps/v1', kind, name, spec);
}

test.skipIf(skip)('objects of all kinds become ready in one check', { timeout: 120_000 }, async () => {
  const cluster = await openTestCluster();
  if ('skip' in cluster) throw new Error(cluster.skip);
  await using _cluster = cluster;
  const { client, namespace } = cluster;
  const group = `${randomBytes(4).toString('hex')}.example.com`;
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const definition = object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', `tables.${group}`, {
    group,
    scope: 'Namespaced',
    names: { kind: 'Table', plural: 'tables' },
    versions: [{ name: 'v1', served: true, storage: true, schema }],
  });
  const objects = await applied(client, namespace, [
    definition,
    object('v1', 'Service', 'web', { ports: [{ port: 80 }] }),
    workload('Deployment', 'web', idle, { replicas: 2 }),
    workload('StatefulSet', 'data', idle, { serviceName: 'data' }),
    workload('DaemonSet', 'agent', idle),
    object('batch/v1', 'Job', 'migrate', { template: { spec: podOf(['true'], { restartPolicy: 'Never' }) } }),
    object('v1', 'Pod', 'alone', idle),
  ]);
  await using _definition = {
    [Symbol.asyncDispose]: async () =>
      void (await client.json('DELETE', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/tables.${group}`)),
  };
  const { work, observed } = recordingWork();
  const check = clusterStatusCheck({ target: { client, namespace }, deadlineMs: 90_000 });
  expect(await check.wait(objects, work)).toEqual({ status: 'succeeded', value: undefined });
  const last = new Map(
    observed.flatMap((fact) => (fact.type === 'resource.status' ? [[fact.resource, fact.message] as const] : [])),
  );
  expect([...last].sort()).toEqual(
    [
      [`customresourcedefinition.apiextensions.k8s.io/tables.${group}`, 'is established'],
      ['daemonset.apps/agent', 'successfully rolled out'],
      ['deployment.apps/web', 'successfully rolled out'],
      ['job.batch/migrate', 'completed'],
      ['pod/alone', 'is ready'],
      ['statefulset.apps/data', expect.stringMatching(/^rolling update complete: 1 pod at revision data-/)],
    ].sort(),
  );
  const table = { apiVersion: `${group}/v1`, kind: 'Table', metadata: { name: 't' } };
  const path = `/apis/${group}/v1/namespaces/${namespace}/tables`;
  await client.json('POST', path, { body: { ...table, status: { conditions: [{ type: 'Ready', status: 'False' }] } } });
  const custom = recordingWork();
  const waited = check.wait([{ ...table, name: 't', namespace, change: 'created' }], custom.work);
  await expect.poll(() => custom.observed, { timeout: 20_000 }).toMatchObject([{ message: 'is not ready' }]);
  await client.json('PATCH', `${path}/t`, {
    contentType: 'application/merge-patch+json',
    body: { status: { conditions: [{ type: 'Ready', status: 'True' }] } },
  });
  expect(await waited).toMatchObject({ status: 'succeeded' });
});

test.skipIf(skip)('a broken older revision does not fail the one that repairs it', { timeout: 120_000 }, async () => {
  const cluster = await openTestCluster();
  if ('skip' in cluster) throw new Error(cluster.skip);
  await using _cluster = cluster;
  const { client, namespace } = cluster;
  const target = { client, namespace };
  const broken = podOf(['nope']);
  const check = clusterStatusCheck({ target, deadlineMs: 90_000 });
  const first = await applied(client, namespace, [workload('Deployment', 'web', broken)]);
  expect(await check.wait(first, recordingWork().work)).toMatchObject({
    failure: { problems: [{ detail: 'container web: cannot run "nope": the image has no such command' }] },
  });
  const second = await applied(client, namespace, [workload('Deployment', 'web', idle)]);
  expect(await check.wait(second, recordingWork().work)).toMatchObject({ status: 'succeeded' });
});
