import { randomBytes } from 'node:crypto';
import { systemClock } from '../../src/model/clock.ts';
import { connectionOf, kubeconfigOf, openContext } from '../../src/clusters/access/context-access.ts';
import { readKubeconfigs } from '../../src/clusters/access/read-kubeconfig.ts';
import type { ClusterConnection } from '../../src/clusters/access/cluster-connection.ts';
import { hasStatus } from '../../src/clusters/api/api-error.ts';
import { ClusterClient } from '../../src/clusters/api/cluster-client.ts';
import type { Labels } from '../../src/runtime/runtime.ts';

export interface TestCluster extends AsyncDisposable {
  /** Into a namespace of the test's own. */
  readonly connection: ClusterConnection;
  readonly client: ClusterClient;
  readonly namespace: string;
  /** A kubeconfig into that namespace, complete in itself: for a process of its own. */
  readonly kubeconfig: string;
  /** Asked of the cluster itself. */
  podsWith(labels: Labels): Promise<readonly string[]>;
}

/** The cluster of `SLIPWAY_TEST_KUBECONFIG`, with a new namespace that goes with it. @param labels of the namespace */
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

/** The cluster makes every namespace an account a moment later; no pod is taken before. */
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
