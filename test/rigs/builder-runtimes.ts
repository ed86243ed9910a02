/** Where builders run in tests: the container engine or the test cluster. */
import { systemClock } from '../../src/model/clock.ts';
import { noKubernetesSettings, type KubernetesSettings } from '../../src/model/kubernetes-settings.ts';
import { openEngine } from '../../src/runtime/docker/docker-provider.ts';
import { kubernetesProvider } from '../../src/runtime/kubernetes/kubernetes-provider.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { engineJson } from './ask-engine.ts';
import { pushImage } from './builder-images.ts';
import { openTestCluster, type TestCluster } from './test-cluster.ts';

export interface BuilderRuntime extends AsyncDisposable {
  readonly runtime: Runtime;
  /** An address of this machine that its containers can reach. */
  readonly host: string;
  /** Returns the name of an engine's image there. */
  imageThere(image: string): Promise<string>;
}

const { signal } = new AbortController();

export async function openBuilderRuntime(
  place: 'docker' | 'cluster',
  socket: string,
  settings: KubernetesSettings = noKubernetesSettings,
): Promise<BuilderRuntime | { readonly skip: string }> {
  return place === 'docker' ? await onDocker(socket) : await onCluster(socket, settings);
}

async function onDocker(socket: string): Promise<BuilderRuntime> {
  const runtime = await openEngine(
    { kind: 'unix', path: socket },
    { env: {}, home: '/nowhere', uid: 0, clock: systemClock },
    signal,
  );
  if (typeof runtime === 'string') throw new Error(runtime);
  const { IPAM: addresses } = (await engineJson(socket, '/networks/bridge')) as {
    IPAM: { Config: { Subnet: string; Gateway?: string }[] };
  };
  return {
    runtime,
    // An engine that was never restarted names only the subnet. The gateway is its first address.
    host: addresses.Config[0]?.Gateway ?? (addresses.Config[0]?.Subnet ?? '').replace(/0\/\d+$/, '1'),
    imageThere: async (image) => await Promise.resolve(image),
    [Symbol.asyncDispose]: async () => await runtime[Symbol.asyncDispose](),
  };
}

/** The node pulls images from a registry that both sides know. */
async function onCluster(
  socket: string,
  settings: KubernetesSettings,
): Promise<BuilderRuntime | { readonly skip: string }> {
  const registry = process.env['SLIPWAY_TEST_REGISTRY'];
  if (registry === undefined || registry === '')
    return {
      skip: 'SLIPWAY_TEST_REGISTRY does not name a registry, from which the cluster would take the images of builders',
    };
  const cluster = await openTestCluster();
  if ('skip' in cluster) return cluster;
  const found = await kubernetesProvider({
    connection: async () => await Promise.resolve(cluster.connection),
    settings,
    clock: systemClock,
  }).connect(signal);
  if (found.status !== 'connected') throw new Error(JSON.stringify(found));
  return {
    runtime: found.runtime,
    host: await nodeAddress(cluster),
    async imageThere(image) {
      const there = `${registry}/${image.replace(/^localhost\//, '')}`;
      await pushImage(socket, image, there);
      return there;
    },
    async [Symbol.asyncDispose]() {
      await found.runtime[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
    },
  };
}

/** The test cluster runs on this machine, which is its only node. */
async function nodeAddress({ client }: TestCluster): Promise<string> {
  const { items } = await client.json<{ items: { status: { addresses: { type: string; address: string }[] } }[] }>(
    'GET',
    '/api/v1/nodes',
  );
  return items[0]?.status.addresses.find(({ type }) => type === 'InternalIP')?.address ?? '';
}
