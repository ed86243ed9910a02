import { afterAll, describe, expect, test } from 'vitest';
import { openTestCluster, type TestCluster } from '../../../test/rigs/test-cluster.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { ClusterClient } from '../../clusters/api/cluster-client.ts';
import { permissionsForDeploys, usualDeployPermissions } from '../../clusters/permissions-for-deploys.ts';
import { resourceOf, type Permission } from '../../clusters/permissions.ts';
import { missingPermissions } from '../../clusters/review-permissions.ts';
import { succeeded } from '../../model/outcome.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { clusterDeployer } from './cluster-deployer.ts';

const opened = await openTestCluster();

describe.skipIf('skip' in opened)(`the role of deploys${'skip' in opened ? `: ${opened.skip}` : ''}`, () => {
  const cluster = opened as TestCluster;
  afterAll(async () => await cluster[Symbol.asyncDispose]());

  const clusterRoles: string[] = [];
  afterAll(async () => {
    for (const name of clusterRoles)
      for (const kind of ['clusterrolebindings', 'clusterroles'])
        await cluster.client.json('DELETE', `/apis/rbac.authorization.k8s.io/v1/${kind}/${name}`);
  });

  /** Creates an account with exactly these permissions. */
  const accountWith = async (
    name: string,
    permissions: readonly Permission[],
    inCluster: readonly Permission[] = [],
  ): Promise<ClusterClient> => {
    const { client, namespace } = cluster;
    const post = async <T>(path: string, body: object) => await client.json<T>('POST', path, { body });
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
    const rulesFor = (all: readonly Permission[]) =>
      all.map((one) => ({ apiGroups: [one.group], resources: [resourceOf(one)], verbs: [one.verb] }));
    const rules = rulesFor(permissions);
    if (inCluster.length > 0) {
      const whole = '/apis/rbac.authorization.k8s.io/v1';
      const metadata = { name: `${namespace}-${name}` };
      await post(`${whole}/clusterroles`, { metadata, rules: rulesFor(inCluster) });
      await post(`${whole}/clusterrolebindings`, {
        metadata,
        subjects: [{ kind: 'ServiceAccount', name, namespace }],
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: metadata.name },
      });
      clusterRoles.push(metadata.name);
    }
    await post(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } });
    await post(`${rbac}/roles`, { metadata: { name }, rules });
    await post(`${rbac}/rolebindings`, {
      metadata: { name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    });
    const { status } = await post<{ status: { token: string } }>(
      `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
      { spec: {} },
    );
    const login = { credentials: async () => await Promise.resolve({ token: status.token }) };
    return new ClusterClient({ ...cluster.connection, login });
  };
  const { inNamespaces } = permissionsForDeploys([
    { group: 'apps', resource: 'deployments', isNamespaced: true },
    { group: '', resource: 'configmaps', isNamespaced: true },
  ]);
  const configMap = (name: string, metadata: object = {}) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, ...metadata },
  });
  const deployment = (name: string) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 0,
      selector: { matchLabels: { name } },
      template: {
        metadata: { labels: { name } },
        spec: { containers: [{ name: 'c', image: 'localhost/busybox:1' }] },
      },
    },
  });
  const deployerOf = (client: ClusterClient, setName: string, ...objects: readonly KubernetesObject[]) =>
    clusterDeployer({
      target: { client, namespace: cluster.namespace },
      setName,
      manifests: async () => await Promise.resolve(succeeded(objects.map((object) => ({ object, source: 'test' })))),
    });

  test('is enough to deploy, prune and remove', async () => {
    using client = disposable(await accountWith('enough', inNamespaces));
    const { work } = recordingWork();
    const all = [configMap('a'), deployment('a'), configMap('b')];
    for (const objects of [all, all.slice(0, 2), all.slice(0, 2)])
      expect(await deployerOf(client.value, 'enough', ...objects).deploy(work)).toMatchObject({ status: 'succeeded' });
    expect(await deployerOf(client.value, 'enough').remove(work)).toMatchObject({
      status: 'succeeded',
      value: { objects: [{ kind: 'Deployment' }, { kind: 'ConfigMap' }] },
    });
  });

  test('is enough to remove a set that does not exist', async () => {
    using client = disposable(await accountWith('absent', inNamespaces));
    expect(await deployerOf(client.value, 'absent').remove(recordingWork().work)).toEqual({
      status: 'succeeded',
      value: { objects: [] },
    });
  });

  test('is enough to remove a namespace that the set created, and without the list of all kinds it is kept', async () => {
    const { inNamespaces: within, inCluster } = permissionsForDeploys([
      { group: '', resource: 'namespaces', isNamespaced: false },
      { group: '', resource: 'configmaps', isNamespaced: true },
    ]);
    const name = `${cluster.namespace}-made`;
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    const deployedBy = async (client: ClusterClient) => {
      const { work } = recordingWork();
      expect(await deployerOf(client, 'made', namespace, configMap('in')).deploy(work)).toMatchObject({
        status: 'succeeded',
      });
      const removed = await deployerOf(client, 'made').remove(work);
      return removed.status === 'succeeded' ? removed.value.objects.map(({ kind }) => kind) : removed;
    };
    using all = disposable(await accountWith('made', within, inCluster));
    expect(await deployedBy(all.value)).toEqual(['ConfigMap', 'Namespace']);
    const rest = inCluster.filter(({ group }) => group !== '*');
    using few = disposable(await accountWith('unseeing', within, rest));
    expect(await deployedBy(few.value)).toEqual(['ConfigMap']);
    await cluster.client.json('DELETE', `/api/v1/namespaces/${name}`);
  });

  test('`watch` is needed to wait for an object that does not go away at once', async () => {
    const rest = inNamespaces.filter(({ verb }) => verb !== 'watch');
    using client = disposable(await accountWith('no-watch', rest));
    const { work } = recordingWork();
    const held = configMap('held', { finalizers: ['example.com/hold'] });
    expect(await deployerOf(client.value, 'no-watch', held).deploy(work)).toMatchObject({ status: 'succeeded' });
    expect(await deployerOf(client.value, 'no-watch').remove(work)).toMatchObject({
      status: 'failed',
      failure: { code: 'forbidden', detail: expect.stringContaining('may not watch configmaps') as string },
    });
    await cluster.client.json('PATCH', `/api/v1/namespaces/${cluster.namespace}/configmaps/held`, {
      body: { metadata: { finalizers: null } },
      contentType: 'application/merge-patch+json',
    });
    expect(await deployerOf(cluster.client, 'no-watch').remove(work)).toMatchObject({ status: 'succeeded' });
  });

  test('the cluster itself says which verbs a role lacks', async () => {
    const { signal } = new AbortController();
    const missingOf = async (client: ClusterClient) =>
      (await missingPermissions(client, cluster.namespace, usualDeployPermissions, signal)).map(
        (each) => `${each.verb} ${resourceOf(each)}`,
      );
    using all = disposable(await accountWith('usual', usualDeployPermissions));
    expect(await missingOf(all.value)).toEqual([]);
    const lacking = ['patch deployments', 'get pods/log', 'create pods/exec'];
    const rest = usualDeployPermissions.filter((each) => !lacking.includes(`${each.verb} ${resourceOf(each)}`));
    using part = disposable(await accountWith('part', rest));
    expect(await missingOf(part.value)).toEqual(lacking);
  });

  const others = inNamespaces.filter(({ verb }) => verb !== 'watch');
  test.each(others.map((permission) => [permission.verb, permission.resource, permission] as const))(
    'has nothing to spare: without %s of %s a deploy or its removal fails, and names the rule',
    async (verb, resource, missing) => {
      const set = `without-${verb}-${resource}`;
      const rest = inNamespaces.filter((permission) => permission !== missing);
      using client = disposable(await accountWith(set, rest));
      const { work } = recordingWork();
      const outcomes = [
        await deployerOf(client.value, set, configMap(`${set}-a`), deployment(set)).deploy(work),
        // One object more, and one kind fewer.
        await deployerOf(client.value, set, configMap(`${set}-a`), configMap(`${set}-b`)).deploy(work),
        await deployerOf(client.value, set).remove(work),
      ];
      const told = JSON.stringify(outcomes);
      expect(told).toContain(`may not ${verb} ${resource} in the namespace`);
      expect(told).toContain('missing rule:');
      // With all permissions nothing is left.
      expect(await deployerOf(cluster.client, set).remove(work)).toMatchObject({ status: 'succeeded' });
    },
  );
});

function disposable(value: ClusterClient): Disposable & { readonly value: ClusterClient } {
  return { value, [Symbol.dispose]: () => value.close() };
}
