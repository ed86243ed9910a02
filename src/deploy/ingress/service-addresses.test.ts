import { expect, it } from 'vitest';
import type { BoundPort, ListedWorkload, LocalDeployments } from '../../runtime/local-deployments.ts';
import type { ContainerChange, RunningContainers } from '../../runtime/running-container.ts';
import { addressOf, ServiceAddresses } from './service-addresses.ts';

const bound = (of: string, port: number, more: Partial<BoundPort> = {}): BoundPort => ({
  ...{ of, container: 8080, protocol: 'tcp', host: '127.0.0.1', port },
  ...more,
});
const workload = (namespace: string, ports: readonly BoundPort[]): ListedWorkload => ({
  ...{
    name: `shop-${namespace}`,
    object: `apps/v1 Deployment ${namespace} web`,
    digest: '',
    sources: {},
    containers: [],
  },
  ...{ ends: false, mayEnd: false, complete: true, ports },
});

it.each([
  ['default', 'web', 80, 32_000],
  ['tools', 'web', 80, 32_001],
  ['default', 'web', 81, undefined],
  ['default', 'dns', 53, undefined],
  ['default', 'eb', 80, undefined],
])('finds the port of %s/%s:%i', (namespace, service, port, expected) => {
  const workloads = [
    workload('default', [bound('service/web port 80', 32_000), bound('service/dns port 53', 53, { protocol: 'udp' })]),
    workload('tools', [bound('service/web port 80', 32_001)]),
  ];
  expect(addressOf({ namespace, service, port }, workloads)?.port).toBe(expected);
});

it('asks the engine again after a container came or went, and after an error', async () => {
  let asked = 0;
  let change: () => void = () => undefined;
  const ending = new AbortController();
  const list: LocalDeployments['list'] = async () => {
    asked++;
    if (asked === 3) throw new Error('the engine is gone');
    const workloads = [workload('default', [bound('service/web port 80', asked)])];
    return await Promise.resolve({ workloads, claims: [] });
  };
  const running: RunningContainers = {
    async *watch(_, signal) {
      while (!signal.aborted) {
        await new Promise<void>((resolve) => (change = resolve));
        yield { change: 'connected' } satisfies ContainerChange;
      }
    },
  };
  const addresses = new ServiceAddresses({ engine: { list } as LocalDeployments, running, set: 'shop' }, ending.signal);
  const followed = addresses.follow();
  const port = async () => (await addresses.of({ namespace: 'default', service: 'web', port: 80 }))?.port;
  expect([await port(), await port()]).toEqual([1, 1]);
  change();
  while ((await port()) === 1);
  expect(await port()).toBe(2);
  addresses.forget();
  await expect(port()).rejects.toThrow('the engine is gone');
  expect(await port()).toBe(4);
  ending.abort();
  change();
  await followed;
});
