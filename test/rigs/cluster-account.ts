import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/model/clock.ts';
import type { ClusterConnection } from '../../src/clusters/access/cluster-connection.ts';
import { connectionOf, openContext } from '../../src/clusters/access/context-access.ts';
import { readKubeconfigs } from '../../src/clusters/access/read-kubeconfig.ts';
import { resourceOf, runPermissions, type Permission } from '../../src/clusters/permissions.ts';
import type { TestCluster } from './test-cluster.ts';

export interface TestAccount extends AsyncDisposable {
  /** Uses a kubeconfig whose user is an exec plugin. */
  readonly connection: ClusterConnection;
  /** Invalidates the plugin's tokens so far. From then on it returns a new one. */
  invalidate(): Promise<void>;
  /** Returns how often the plugin was called. */
  asked(): number;
}

/** Creates a service account in the test's namespace with the permissions of a run, except one. @returns its name */
export async function serviceAccountWithout(cluster: TestCluster, verb?: string, resource?: string): Promise<string> {
  return await serviceAccountWith(
    cluster,
    runPermissions.filter((permission) => permission.verb !== verb || resourceOf(permission) !== resource),
  );
}

/** Creates a service account in the test's namespace with these permissions. @returns its name */
export async function serviceAccountWith(cluster: TestCluster, permissions: readonly Permission[]): Promise<string> {
  const name = `account-${randomBytes(4).toString('hex')}`;
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${cluster.namespace}`;
  const rules = permissions.map((permission) => ({
    apiGroups: [permission.group],
    resources: [resourceOf(permission)],
    verbs: [permission.verb],
  }));
  await cluster.client.json('POST', `/api/v1/namespaces/${cluster.namespace}/serviceaccounts`, {
    body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } },
  });
  await cluster.client.json('POST', `${rbac}/roles`, {
    body: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name }, rules },
  });
  const subjects = [{ kind: 'ServiceAccount', name, namespace: cluster.namespace }];
  await cluster.client.json('POST', `${rbac}/rolebindings`, {
    body: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name },
      subjects,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    },
  });
  return name;
}

/** Creates such an account, and a connection that uses it. */
export async function accountWithout(cluster: TestCluster, verb?: string, resource?: string): Promise<TestAccount> {
  const name = await serviceAccountWithout(cluster, verb, resource);
  const at = `/api/v1/namespaces/${cluster.namespace}`;
  const folder = await mkdtemp(join(tmpdir(), 'slipway-account-'));
  let bound = '';
  /** Creates a token that is valid while a Secret exists. */
  const give = async () => {
    bound = `${name}-${randomBytes(4).toString('hex')}`;
    const { metadata } = await cluster.client.json<{ metadata: { uid: string } }>('POST', `${at}/secrets`, {
      body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: bound } },
    });
    const spec = {
      expirationSeconds: 3_600,
      boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: bound, uid: metadata.uid },
    };
    const { status } = await cluster.client.json<{ status: { token: string } }>(
      'POST',
      `${at}/serviceaccounts/${name}/token`,
      { body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec } },
    );
    await writeFile(
      join(folder, 'credential'),
      JSON.stringify({
        apiVersion: 'client.authentication.k8s.io/v1',
        kind: 'ExecCredential',
        status: { token: status.token },
      }),
    );
  };
  await give();
  return {
    connection: await connectionBy(cluster, folder),
    invalidate: async () => {
      const old = bound;
      await give();
      await cluster.client.json('DELETE', `${at}/secrets/${old}`);
    },
    asked: () => readFileSync(join(folder, 'asked'), 'utf8').length,
    [Symbol.asyncDispose]: async () => await rm(folder, { recursive: true, force: true }),
  };
}

async function connectionBy(cluster: TestCluster, folder: string): Promise<ClusterConnection> {
  const { server, authority } = cluster.connection;
  const script = `printf . >> '${folder}/asked'; cat '${folder}/credential'`;
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'a', cluster: { server, 'certificate-authority-data': Buffer.from(authority ?? '').toString('base64') } },
    ],
    users: [
      {
        name: 'a',
        user: {
          exec: {
            apiVersion: 'client.authentication.k8s.io/v1',
            command: '/bin/sh',
            args: ['-c', script],
            interactiveMode: 'Never',
          },
        },
      },
    ],
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a', namespace: cluster.namespace } }],
    'current-context': 'a',
  };
  await writeFile(join(folder, 'config'), JSON.stringify(kubeconfig));
  const files = await readKubeconfigs([join(folder, 'config')]);
  if (typeof files === 'string') throw new Error(files);
  const access = await openContext({ files, env: process.env, clock: systemClock });
  if (typeof access === 'string') throw new Error(access);
  const connection = connectionOf(access, 'an account of the test');
  if (typeof connection === 'string') throw new Error(connection);
  return connection;
}
