import { randomBytes } from 'node:crypto';
import { systemClock } from '../../src/model/clock.ts';
import { connectionOf, kubeconfigOf, openContext } from '../../src/clusters/access/context-access.ts';
import { readKubeconfigs } from '../../src/clusters/access/read-kubeconfig.ts';
import type { ClusterConnection } from '../../src/clusters/access/cluster-connection.ts';
import { hasStatus } from '../../src/clusters/api/api-error.ts';
import { ClusterClient } from '../../src/clusters/api/cluster-client.ts';
import type { Labels } from '../../src/runtime/runtime.ts';

export interface TestCluster extends AsyncDisposable {
  /** A connection to the test's own namespace. */
  readonly connection: ClusterConnection;
  readonly client: ClusterClient;
  readonly namespace: string;
  /** A self-contained kubeconfig for that namespace, for another process. */
  readonly kubeconfig: string;
  /** Asks the cluster itself. */
  podsWith(labels: Labels): Promise<readonly string[]>;
}

/**
 * Opens the cluster of `SLIPWAY_TEST_KUBECONFIG` with a new namespace, which disposal removes.
 * @param labels of the namespace
 */
export async function openTestCluster(labels: Labels = {}): Promise<TestCluster | { readonly skip: string }> {
  const file = process.env['SLIPWAY_TEST_KUBECONFIG'];
  if (file === undefined || file === '') return { skip: 'SLIPWAY_TEST_KUBECONFIG does not name a kubeconfig' };
  const namespace = `slipway-test-${randomBytes(5).toString('hex')}`;
  const files = await readKubeconfigs([file]);
  if (typeof files === 'string') throw new Error(files);
  const access = await openContext({ files, namespace, env: process.env, clock: systemClock });
  if (typeof access === 'string') throw new Error(access);
  const connection = connectionOf(access, 'the cluster under test');
  if (typeof connection === 'string') throw new Error(connection);
  const user = await access.login.fields(false, new AbortController().signal);
  if (typeof user === 'string') throw new Error(user);
  const client = new ClusterClient(connection);
  await client.json('POST', '/api/v1/namespaces', {
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } },
  });
  await accountOf(client, namespace);
  return {
    connection,
    client,
    namespace,
    kubeconfig: kubeconfigOf(access, user),
    podsWith: async (wanted) => {
      const labelSelector = Object.entries(wanted)
        .map(([key, value]) => `${key}=${value}`)
        .join(',');
      const { items } = await client.json<{ items: { metadata: { name: string } }[] }>(
        'GET',
        `/api/v1/namespaces/${namespace}/pods`,
        { query: { labelSelector } },
      );
      return items.map(({ metadata }) => metadata.name);
    },
    [Symbol.asyncDispose]: async () => {
      await client.json('DELETE', `/api/v1/namespaces/${namespace}`);
      client.close();
    },
  };
}

/**
 * Waits for the default service account: the cluster creates it shortly after the namespace, and rejects pods until
 * then.
 */
async function accountOf(client: ClusterClient, namespace: string): Promise<void> {
  for (;;) {
    try {
      await client.json('GET', `/api/v1/namespaces/${namespace}/serviceaccounts/default`);
      return;
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
