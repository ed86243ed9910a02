import { describe } from 'vitest';
import { runtimeContract, type RuntimeUnderTest } from '../../../test/contracts/runtime.contract.ts';
import { openTestCluster } from '../../../test/rigs/test-cluster.ts';
import { baseImage } from '../../../test/rigs/engines.ts';
import { systemClock } from '../../model/clock.ts';
import { noKubernetesSettings, type KubernetesSettings } from '../../model/kubernetes-settings.ts';
import { kubernetesProvider } from './kubernetes-provider.ts';

async function clusterUnderTest(settings: KubernetesSettings): Promise<RuntimeUnderTest | { readonly skip: string }> {
  const cluster = await openTestCluster();
  if ('skip' in cluster) return cluster;
  const open = async () => {
    const found = await kubernetesProvider({
      connection: async () => await Promise.resolve(cluster.connection),
      settings,
      clock: systemClock,
    }).connect(new AbortController().signal);
    if (found.status !== 'connected') throw new Error(JSON.stringify(found));
    return found.runtime;
  };
  return {
    runtime: await open(),
    image: baseImage,
    clock: systemClock,
    reopen: open,
    leftovers: async (labels) => await cluster.podsWith(labels),
    close: async () => await cluster[Symbol.asyncDispose](),
  };
}

/**
 * The API merges stdout and stderr. Nodes keep a line until it ends (or is 16 KiB long), without the carriage return at
 * its end. containerd may drop pending output (some 100 KB) when a container ends, as `kubectl logs` of a plain pod
 * shows too.
 */
// With `restartPolicy: Never` no kubelet restarts a container.
const traits = { restarts: false, lastWords: false, apart: false, lineEnds: false, halfLines: false, bulk: 1_000_000 };

describe('the helper is the step’s own image', () => {
  runtimeContract('Kubernetes', async () => await clusterUnderTest(noKubernetesSettings), traits);
});

/**
 * What depends on the helper and the user: who transfers files, who owns them, who reads them later. Not which images
 * exist.
 */
const concerned = ['starting', 'volumes', 'copying'] as const;
const others = { ...traits, images: false };

async function otherwise(settings: Partial<KubernetesSettings>): Promise<RuntimeUnderTest | { readonly skip: string }> {
  if (process.env['SLIPWAY_BRIEF'] !== undefined) return { skip: 'SLIPWAY_BRIEF is set' };
  return await clusterUnderTest({ ...noKubernetesSettings, ...settings });
}

describe('the helper is an image of the operator’s', () => {
  runtimeContract(
    'Kubernetes with a helper image',
    async () => await otherwise({ helperImage: baseImage }),
    others,
    concerned,
  );
});
describe('as the restricted pod security standard requires', () => {
  runtimeContract(
    'Kubernetes, restricted',
    async () => await otherwise({ restricted: { user: 1000, group: 1000 } }),
    others,
    concerned,
  );
});
