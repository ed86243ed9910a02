import { afterAll, describe, expect, test } from 'vitest';
import { openTestCluster, type TestCluster } from '../../../test/rigs/test-cluster.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { succeeded } from '../../model/outcome.ts';
import { leavingMessage } from './await-object.ts';
import { clusterDeployer } from './cluster-deployer.ts';

test.each([
  [undefined, 'configmap/x is being deleted'],
  [['a.b/c'], 'configmap/x is being deleted: it waits for finalizer a.b/c'],
  [['a.b/c', 'd'], 'configmap/x is being deleted: it waits for finalizers a.b/c, d'],
])('a deletion waits for %j', (finalizers, message) => {
  const metadata = { name: 'x', ...(finalizers !== undefined && { finalizers }) };
  expect(leavingMessage('configmap/x', { metadata })).toBe(message);
});

const opened = await openTestCluster();

describe.skipIf('skip' in opened)(`objects that are being deleted${'skip' in opened ? `: ${opened.skip}` : ''}`, () => {
  const cluster = opened as TestCluster;
  afterAll(async () => await cluster[Symbol.asyncDispose]());

  test('a deploy and a removal tell for which finalizer they wait', async () => {
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'held', finalizers: ['example.com/hold'] },
    };
    const { work, observed } = recordingWork();
    const deployer = clusterDeployer({
      target: { client: cluster.client, namespace: cluster.namespace },
      setName: 'held',
      manifests: async () => await Promise.resolve(succeeded([{ object, source: 'test' }])),
      withinMs: 8_000,
    });
    expect(await deployer.deploy(work)).toMatchObject({ status: 'succeeded' });
    const removal = recordingWork();
    expect(await deployer.remove(removal.work)).toMatchObject({ status: 'failed' });
    expect(removal.observed).toContainEqual({
      type: 'waiting',
      message: 'configmap/held is being deleted: it waits for finalizer example.com/hold',
    });
    const path = `/api/v1/namespaces/${cluster.namespace}/configmaps/held`;
    expect(await deployer.deploy(work)).toMatchObject({ status: 'failed' });
    expect(observed).toContainEqual({
      type: 'waiting',
      message: 'configmap/held is being deleted: it waits for finalizer example.com/hold',
    });
    await cluster.client.json('PATCH', path, {
      body: { metadata: { finalizers: null } },
      contentType: 'application/merge-patch+json',
    });
  });
});
