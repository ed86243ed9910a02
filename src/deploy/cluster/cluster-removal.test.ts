import { describe, expect, test } from 'vitest';
import { clusterDeploys, configMap, deployment, definitionOf } from '../../../test/rigs/cluster-deploys.ts';
import { openTestCluster, type TestCluster } from '../../../test/rigs/test-cluster.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';

const opened = await openTestCluster();

describe.skipIf('skip' in opened)(`removals from a cluster${'skip' in opened ? `: ${opened.skip}` : ''}`, () => {
  const cluster = opened as TestCluster;
  const { kubectl, at, deploy, changesOf, deployed, remove, warningsIn, removeWatched } = clusterDeploys(cluster);

  test('namespaces that the set created are removed with it, others stay as they were', async () => {
    const [own, other] = [`${cluster.namespace}-own`, `${cluster.namespace}-other`];
    const namespace = (name: string): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { x: 'y' } },
    });
    const within = (where: string) => ({ ...configMap('in'), metadata: { name: 'in', namespace: where } });
    await kubectl('create', 'namespace', other);
    const before = await kubectl('get', 'namespace', other, '-o', 'jsonpath={.metadata.labels}{.metadata.annotations}');
    const all = [within(own), within(other), namespace(own), namespace(other)];
    // The parent is in a namespace that the set creates.
    const into = { target: { client: cluster.client, namespace: own } };
    expect(await deployed('spaces', all, into)).toEqual([
      `Namespace/${own} created: it did not exist`,
      'ConfigMap/in created: it did not exist',
      'ConfigMap/in created: it did not exist',
      `Namespace/${other} changed: it existed, but not as a part of this deploy`,
    ]);
    expect(await deployed('spaces', [within(own)], into)).toEqual(['ConfigMap/in unchanged', 'ConfigMap/in removed']);
    expect(await kubectl('get', 'namespace', other, '-o', 'jsonpath={.metadata.labels}{.metadata.annotations}')).toBe(
      before,
    );
    expect(await remove('spaces', into)).toEqual(['ConfigMap/in removed', `Namespace/${own} removed`]);
    expect(await kubectl('get', 'namespace', own, '--ignore-not-found')).toBe('');
    expect(await remove('spaces', into)).toEqual([]);
    await kubectl('delete', 'namespace', other, '--wait=false');
  });

  test('a definition that is no longer rendered is kept, and its custom resource too', async () => {
    const group = `pruned.${cluster.namespace}.example.com`;
    const definition = definitionOf(group);
    const foo = { apiVersion: `${group}/v1`, kind: 'Foo', metadata: { name: 'foo' }, spec: { a: 'b' } };
    await deployed('pruned', [foo, definition]);
    const { outcome, observed } = await deploy('pruned', [foo]);
    if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
    expect(changesOf(outcome.value)).toEqual(['Foo/foo unchanged']);
    expect(warningsIn(observed)).toEqual([
      expect.stringMatching(new RegExp(`foos.${group} was kept .*kubectl delete crd foos.${group}`)),
    ]);
    expect(await kubectl('get', `foos.${group}`, '-o', 'name', '-n', cluster.namespace)).toBe(`foo.${group}/foo\n`);
    expect(await kubectl('get', 'crd', `foos.${group}`, '-o', 'jsonpath={.metadata.labels}')).toBe('');
    expect(await remove('pruned')).toEqual(['Foo/foo removed']);
    await kubectl('delete', 'crd', `foos.${group}`);
  });

  test('a definition stays when its set is removed, if custom resources of others exist', async () => {
    const group = `shared.${cluster.namespace}.example.com`;
    const foo = (name: string) => ({ apiVersion: `${group}/v1`, kind: 'Foo', metadata: { name }, spec: { a: 'b' } });
    await deployed('shared', [foo('ours'), definitionOf(group)]);
    await cluster.client.json('POST', `/apis/${group}/v1/namespaces/default/foos`, { body: foo('theirs') });
    const { changes, warnings } = await removeWatched('shared');
    expect(changes).toEqual(['Foo/ours removed']);
    expect(warnings).toEqual([expect.stringContaining(`foos.${group} was kept`)]);
    expect(warnings[0]).toContain(`not of this deploy (foo.${group}/theirs in namespace default)`);
    expect(await kubectl('get', `foos.${group}`, '-A', '-o', 'name')).toBe(`foo.${group}/theirs\n`);
    expect(await remove('shared')).toEqual([]);
    await kubectl('delete', 'crd', `foos.${group}`);
  });

  test('a namespace that the set created stays when the set is removed, if it holds objects of others', async () => {
    const own = `${cluster.namespace}-held`;
    const namespace: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: own } };
    const into = { target: { client: cluster.client, namespace: own } };
    await deployed('visited', [namespace, deployment('ours')], into);
    await kubectl('create', 'configmap', 'theirs', '-n', own);
    const { changes, warnings } = await removeWatched('visited', into);
    expect(changes).toEqual(['Deployment/ours removed']);
    expect(warnings).toEqual([expect.stringContaining('(configmap/theirs)')]);
    expect(warnings[0]).toContain(`kubectl delete namespace ${own}`);
    expect(await kubectl('get', 'configmaps', '-n', own, '-o', 'name')).toBe(
      'configmap/kube-root-ca.crt\nconfigmap/theirs\n',
    );
    expect(await remove('visited', into)).toEqual([]);
    await kubectl('delete', 'namespace', own, '--wait=false');
  });

  test('an object that does not go away is reported, and the set stays', async () => {
    const held = { ...configMap('held'), metadata: { name: 'held', finalizers: ['example.com/hold'] } };
    await deployed('held', [held]);
    const outcome = await at('held', [], { withinMs: 300 }).remove(recordingWork().work);
    expect(outcome).toMatchObject({
      status: 'failed',
      failure: {
        code: 'delete-failed',
        problems: [
          {
            object: 'configmap/held',
            cause: 'deadline',
            detail: expect.stringContaining('it waits for example.com/hold') as string,
          },
        ],
      },
    });
    await kubectl('patch', 'configmap', 'held', '-p', '{"metadata":{"finalizers":null}}');
    expect(await remove('held')).toEqual([]);
  });
});
