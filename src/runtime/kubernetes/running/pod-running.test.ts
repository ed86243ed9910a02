import {
  runningContainerContract,
  type RunningUnderTest,
} from '../../../../test/contracts/running-container.contract.ts';
import { baseImage } from '../../../../test/rigs/engines.ts';
import { TcpProxy } from '../../../../test/rigs/tcp-proxy.ts';
import { openTestCluster } from '../../../../test/rigs/test-cluster.ts';
import type { ClusterConnection } from '../../../clusters/access/cluster-connection.ts';
import { hasStatus } from '../../../clusters/api/api-error.ts';
import { noKubernetesSettings } from '../../../model/kubernetes-settings.ts';
import { systemClock } from '../../../model/clock.ts';
import type { Runtime } from '../../runtime.ts';
import { kubernetesProvider } from '../kubernetes-provider.ts';

async function open(connection: ClusterConnection): Promise<Runtime> {
  const found = await kubernetesProvider({
    connection: async () => await Promise.resolve(connection),
    settings: noKubernetesSettings,
    clock: systemClock,
  }).connect(new AbortController().signal);
  if (found.status !== 'connected') throw new Error(JSON.stringify(found));
  return found.runtime;
}

async function clusterUnderTest(): Promise<RunningUnderTest | { readonly skip: string }> {
  const cluster = await openTestCluster();
  if ('skip' in cluster) return cluster;
  const { client, connection, namespace } = cluster;
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  return {
    runtime: await open(connection),
    image: baseImage,
    clock: systemClock,
    create: async ({ name, labels, command, restart }) => {
      // Kubernetes reads `$$` as `$`.
      const escaped = command.map((text) => text.replaceAll('$', '$$$$'));
      const container = { name: 'main', image: baseImage, imagePullPolicy: 'Never', command: escaped };
      await client.json('POST', pods, {
        body: {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name, labels },
          spec: {
            restartPolicy: restart === 'always' ? 'Always' : 'Never',
            terminationGracePeriodSeconds: 0,
            // The command is not the first process then, so it can be killed.
            shareProcessNamespace: true,
            containers: [container],
          },
        },
      });
    },
    remove: async (name) => {
      await client.json('DELETE', `${pods}/${name}`, { query: { gracePeriodSeconds: 0 } }).catch((error: unknown) => {
        if (!hasStatus(error, 404)) throw error;
      });
    },
    breakable: async () => {
      const { hostname, port } = new URL(connection.server);
      const proxy = await TcpProxy.before(hostname, Number(port));
      const runtime = await open({ ...connection, server: `https://127.0.0.1:${proxy.port}` });
      return {
        runtime,
        cut: () => proxy.cut(),
        away: async () => await proxy.close(),
        back: async () => await proxy.reopen(),
        [Symbol.asyncDispose]: async () => {
          await runtime[Symbol.asyncDispose]();
          await proxy[Symbol.asyncDispose]();
        },
      };
    },
    close: async () => await cluster[Symbol.asyncDispose](),
  };
}

runningContainerContract('Kubernetes', clusterUnderTest, { apart: false, wholeLog: false });
