import { describe, expect, test } from 'vitest';
import { clusterDeploys, configMap, definitionOf, deployment } from '../../../test/rigs/cluster-deploys.ts';
import { openTestCluster, type TestCluster } from '../../../test/rigs/test-cluster.ts';
import { ApiError } from '../../clusters/api/api-error.ts';
import { ClusterClient, type ClusterRequest } from '../../clusters/api/cluster-client.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';

const opened = await openTestCluster();

/** A client that may not list objects of one resource. */
class RefusedClient extends ClusterClient {
  constructor(
    client: ClusterClient,
    readonly refused: string,
  ) {
    super(client.connection);
  }

  override async exchange<T>(
    method: string,
    path: string,
    request?: ClusterRequest,
  ): Promise<{ status: number; body: T }> {
    if (method === 'GET' && path.endsWith(this.refused))
      throw new ApiError(403, `${this.refused.slice(1)} is forbidden: User "u" cannot list them`);
    return await super.exchange<T>(method, path, request);
  }
}

describe.skipIf('skip' in opened)(`namespaces that are kept${'skip' in opened ? `: ${opened.skip}` : ''}`, () => {
  const cluster = opened as TestCluster;
  const { kubectl, deployed, remove, removeWatched } = clusterDeploys(cluster);
  /** Deploys a namespace with an object. The record is in it. */
  const made = async (suffix: string, ...more: readonly KubernetesObject[]) => {
    const name = `${cluster.namespace}-${suffix}`;
    const into = { target: { client: cluster.client, namespace: name } };
    const namespace: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    await deployed('set', [namespace, configMap('ours'), ...more], into);
    return { name, into };
  };
  const isThere = async (name: string) => (await kubectl('get', 'namespace', name, '--ignore-not-found')) !== '';

  test.each<readonly [string, readonly string[], string]>([
    ['a role', ['role', 'theirs', '--verb=get', '--resource=pods'], 'role.rbac.authorization.k8s.io/theirs'],
    ['a quota', ['quota', 'theirs', '--hard=pods=1'], 'resourcequota/theirs'],
    ['an account', ['serviceaccount', 'theirs'], 'serviceaccount/theirs'],
    ['a rule of Ingress', ['ingress', 'theirs', '--rule=a.b/c=d:80'], 'ingress.networking.k8s.io/theirs'],
  ])('because of %s of others', async (_, args, shown) => {
    const { name, into } = await made(shown.split(/[./]/)[0] ?? '');
    await kubectl('create', ...args, '-n', name);
    const { changes, warnings } = await removeWatched('set', into);
    expect(changes).toEqual(['ConfigMap/ours removed']);
    expect(warnings).toEqual([expect.stringContaining(`it holds objects that are not of this deploy (${shown})`)]);
    expect(await kubectl('get', args[0] ?? '', 'theirs', '-n', name, '-o', 'name')).not.toBe('');
    await kubectl('delete', 'namespace', name, '--wait=false');
  });

  test('because of a custom resource of others, whose definition is kept', async () => {
    const group = `kept.${cluster.namespace}.example.com`;
    const { name, into } = await made('custom', definitionOf(group));
    const foo = { apiVersion: `${group}/v1`, kind: 'Foo', metadata: { name: 'theirs' }, spec: { a: 'b' } };
    await cluster.client.json('POST', `/apis/${group}/v1/namespaces/${name}/foos`, { body: foo });
    const { warnings } = await removeWatched('set', into);
    expect(warnings).toEqual([
      expect.stringContaining(`foos.${group} was kept`),
      expect.stringContaining(`(foo.${group}/theirs)`),
    ]);
    expect(await kubectl('get', `foos.${group}`, '-n', name, '-o', 'name')).toBe(`foo.${group}/theirs\n`);
    await kubectl('delete', 'crd', `foos.${group}`);
    await kubectl('delete', 'namespace', name, '--wait=false');
  });

  test('because one kind may not be listed', async () => {
    const { name } = await made('unseen');
    const client = new RefusedClient(cluster.client, '/roles');
    const { warnings } = await removeWatched('set', { target: { client, namespace: name } });
    expect(warnings).toEqual([
      expect.stringContaining(
        'Slipway may not see whether others use it (roles is forbidden: User "u" cannot list them)',
      ),
    ]);
    expect(await isThere(name)).toBe(true);
    await kubectl('delete', 'namespace', name, '--wait=false');
  });

  test('but not for what the cluster made itself', async () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
    };
    const { name, into } = await made('own', deployment('web'), service);
    await kubectl('wait', 'deployment/web', '--for=condition=Available', '-n', name, '--timeout=60s');
    const { warnings } = await removeWatched('set', into);
    expect(warnings).toEqual([]);
    expect(await isThere(name)).toBe(false);
    expect(await remove('set', into)).toEqual([]);
  });
});
