/** Logins and Secrets with a real cluster: expired tokens, accounts without permissions. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { parse } from 'yaml';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { openTestCluster, type TestCluster } from '../../../test/rigs/test-cluster.ts';
import { systemClock } from '../../model/clock.ts';
import { ClusterClient } from '../api/cluster-client.ts';
import { readSecret } from '../read-secret.ts';
import type { ClusterConnection } from './cluster-connection.ts';
import { connectionOf, openContext } from './context-access.ts';
import type { Fields } from './kubeconfig.ts';

const signal = new AbortController().signal;
describe('a real cluster', () => {
  let cluster: TestCluster | { readonly skip: string };

  beforeAll(async () => {
    cluster = await openTestCluster();
    if ('skip' in cluster) return;
    const { client, namespace } = cluster;
    await client.json('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, {
      body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'somebody' } },
    });
    await client.json('POST', `/api/v1/namespaces/${namespace}/secrets`, {
      body: {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'login' },
        stringData: { username: 'me', password: 'hush hush' },
      },
    });
  });
  afterAll(async () => {
    if ('client' in cluster) await cluster[Symbol.asyncDispose]();
  });

  function there(context: TestContext): TestCluster {
    if ('skip' in cluster) context.skip(cluster.skip);
    return cluster;
  }

  async function tokenOf({ client, namespace }: TestCluster): Promise<string> {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } };
    const { status } = await client.json<{ status: { token: string } }>(
      'POST',
      `/api/v1/namespaces/${namespace}/serviceaccounts/somebody/token`,
      { body },
    );
    return status.token;
  }

  /** Returns the connection to the cluster as a user with these fields. */
  async function connectionAs({ kubeconfig }: TestCluster, path: string, user: Fields): Promise<ClusterConnection> {
    const content = parse(kubeconfig) as { users: { name: string }[] };
    const files = [{ path, content: { ...content, users: content.users.map(({ name }) => ({ name, user })) } }];
    const access = await openContext({ files, env: { PATH: process.env['PATH'] ?? '' }, clock: systemClock });
    const connection = typeof access === 'string' ? access : connectionOf(access, 'the cluster');
    if (typeof connection === 'string') throw new Error(connection);
    return connection;
  }

  test('a program whose credentials the cluster rejects runs again, and the request continues with the new ones', async (context) => {
    const world = there(context);
    using folder = temporaryFolder();
    writeFileSync(`${folder.path}/token`, await tokenOf(world));
    writeFileSync(
      `${folder.path}/plugin`,
      '#!/bin/sh\ncd "${0%/*}"\nt=expired\n[ -e asked ] && t=$(cat token)\ntouch asked\necho \'{"status":{"token":"\'"$t"\'"}}\'\n',
      { mode: 0o755 },
    );
    const client = new ClusterClient(
      await connectionAs(world, `${folder.path}/config`, {
        exec: { command: './plugin', apiVersion: 'client.authentication.k8s.io/v1' },
      }),
    );
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const { status } = await client.json<{ status: { userInfo: { username: string } } }>(
      'POST',
      '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      { body, signal },
    );
    client.close();
    expect(status.userInfo.username).toBe(`system:serviceaccount:${world.namespace}:somebody`);
  });

  test('a Secret is read with permission; missing and forbidden Secrets are reported', async (context) => {
    const world = there(context);
    expect(await readSecret(world.connection, 'login', signal)).toEqual(
      new Map([
        ['username', Buffer.from('me')],
        ['password', Buffer.from('hush hush')],
      ]),
    );
    expect(await readSecret(world.connection, 'nothing', signal)).toContain('does not exist');
    const tenant = await connectionAs(world, '/config', { token: await tokenOf(world) });
    expect(await readSecret(tenant, 'login', signal)).toContain(
      '{apiGroups: [""], resources: [secrets], resourceNames: [login], verbs: [get]}',
    );
  });
});
