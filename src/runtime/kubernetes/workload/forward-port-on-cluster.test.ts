import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { ClusterWorkloads } from '../../../../test/rigs/cluster-workloads.ts';
import { openTestCluster } from '../../../../test/rigs/test-cluster.ts';
import type { Forward } from '../../runtime.ts';

const skip = (process.env['SLIPWAY_TEST_KUBECONFIG'] ?? '') === '';

async function heardAt({ port, host }: Forward): Promise<string> {
  return await new Promise((resolve) => {
    let text = '';
    const client = connect(port, host, () => client.end());
    client.on('data', (bytes) => (text += bytes.toString()));
    client.on('error', () => undefined);
    client.on('close', () => resolve(text));
  });
}

test.skipIf(skip)(
  'forwards each connection of a port to the pod (SLIPWAY_TEST_KUBECONFIG names a cluster)',
  { timeout: 120_000 },
  async () => {
    const cluster = await openTestCluster();
    if ('skip' in cluster) throw new Error(cluster.skip);
    await using _cluster = cluster;
    await using workloads = new ClusterWorkloads(cluster.connection);
    await workloads.run({}, { script: 'while :; do echo hello | nc -l -p 4000; done' }, async (workload) => {
      await using forward = await workload.forward(4000);
      for (let connections = 0; connections < 2; connections++)
        await expect.poll(async () => await heardAt(forward), { timeout: 20_000 }).toBe('hello\n');
      await workload.stop(0);
    });
  },
);
