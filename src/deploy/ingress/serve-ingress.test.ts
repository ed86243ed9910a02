import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import type { IngressRoutes } from '../../model/ingress-routes.ts';
import { succeeded } from '../../model/outcome.ts';
import type { BoundPort, ListedWorkload, LocalDeployments } from '../../runtime/local-deployments.ts';
import type { RunningContainers } from '../../runtime/running-container.ts';
import { aborted } from '../../util/abort.ts';
import { nextTurn } from '../../util/next-turn.ts';
import { serveIngress } from './serve-ingress.ts';

const to = (service: string) => ({ namespace: 'default', service, port: 80 });
const routes: IngressRoutes = {
  ingresses: ['shop', 'tools'],
  hosts: [
    {
      host: 'shop.localhost',
      paths: [
        { path: '/web', type: 'prefix', backend: to('web') },
        { path: '/gone', type: 'prefix', backend: to('gone') },
        { path: '/none', type: 'prefix', backend: { missing: 'the deploy has no Service none' } },
      ],
    },
    { host: '*.example.com', paths: [] },
  ],
};

/** No container comes or goes. */
const running: RunningContainers = {
  async *watch(_, signal) {
    yield { change: 'connected' };
    await aborted(signal);
  },
};

function engineWith(port: number): LocalDeployments {
  const bound: BoundPort = { of: 'service/web port 80', container: 80, protocol: 'tcp', host: '127.0.0.1', port };
  const workload: ListedWorkload = {
    ...{ name: 'shop-web', object: 'apps/v1 Deployment default web', digest: '', sources: {}, containers: [] },
    ...{ ends: false, mayEnd: false, complete: true, ports: [bound] },
  };
  const list: LocalDeployments['list'] = async () => await Promise.resolve({ workloads: [workload], claims: [] });
  return { list } as LocalDeployments;
}

it('serves until the signal, each deploy at a port of its own', async () => {
  const backend = createServer((asked, answer) => answer.end(`it is ${asked.headers.host}`)).listen(0, '127.0.0.1');
  await once(backend, 'listening');
  const engine = engineWith((backend.address() as AddressInfo).port);
  const ending = new AbortController();
  const ports: number[] = [];
  const outcomes: Promise<unknown>[] = [];
  for (const first of [true, false]) {
    const { work, observed } = recordingWork(ending.signal);
    outcomes.push(serveIngress({ engine, running, set: 'shop' }, routes, work));
    while (observed.length < 4) await nextTurn();
    const [shop, tools, open, advice] = observed;
    expect(shop).toMatchObject({ type: 'port.forwarded', resource: 'ingress/shop', port: 80, address: '127.0.0.1' });
    expect(tools).toMatchObject({ type: 'port.forwarded', resource: 'ingress/tools' });
    if (shop?.type !== 'port.forwarded') throw new Error('nothing is served');
    const { localPort, instead } = shop;
    if (!first || localPort !== 8080) expect(instead).toEqual({ of: 8080, because: 'taken' });
    expect(open).toMatchObject({ type: 'noted', message: `open http://shop.localhost:${localPort}/web` });
    expect(advice).toMatchObject({ type: 'noted', message: expect.stringContaining('curl -H') as string });
    ports.push(localPort);
  }
  expect(new Set(ports).size).toBe(2);
  const [port = 0] = ports;
  const asked = async (host: string, path: string) => {
    const [answer] = (await once(
      get({ host: '127.0.0.1', port, path, agent: false, headers: { host } }),
      'response',
    )) as [IncomingMessage];
    return [answer.statusCode, await text(answer)];
  };
  expect(await asked('shop.localhost', '/web/x')).toEqual([200, 'it is shop.localhost']);
  expect(await asked('shop.localhost', '/gone')).toEqual([502, 'no container has port 80 of service/gone\n']);
  expect(await asked('shop.localhost', '/none')).toEqual([502, 'the deploy has no Service none\n']);
  const notFound =
    'No Ingress has a rule for this host and path. Hosts with rules:\n  shop.localhost\n  *.example.com\n';
  expect(await asked('evil.example', '/web')).toEqual([404, notFound]);
  expect(await asked('a.example.com', '/')).toEqual([404, notFound]);
  ending.abort();
  expect(await Promise.all(outcomes)).toEqual([succeeded(undefined), succeeded(undefined)]);
  await expect(asked('shop.localhost', '/web')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await new Promise((resolve) => backend.close(resolve));
});
