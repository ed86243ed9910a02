import { expect, it } from 'vitest';
import type { BoundPort, ListedContainer, ListedWorkload } from '../../runtime/local-deployments.ts';
import { shownPort, type ForwardedPort } from './forwarded-port.ts';
import { planLocalForwards, type LocalForwardPlan } from './local-plan.ts';

const bound = (of: string, container: number, port: number, more: Partial<BoundPort> = {}): BoundPort => ({
  ...{ of, container, protocol: 'tcp', host: '127.0.0.1', port },
  ...more,
});
const container = (name: string, role: ListedContainer['role']): ListedContainer => ({
  ...{ id: `id-${name}`, name, role, imageId: 'i', image: 'app', state: 'running', probes: {} },
});
const workload: ListedWorkload = {
  ...{
    name: 'shop-web',
    object: 'apps/v1 Deployment default web',
    digest: '',
    sources: {},
    ends: false,
    mayEnd: false,
    complete: true,
  },
  containers: [container('app', 'main'), container('proxy', 'sidecar'), container('slipway.pod', 'holder')],
  ports: [
    bound('service/web port 80', 8080, 32_000, { wanted: 80 }),
    bound('service/dns port 53', 53, 53, { protocol: 'udp' }),
    bound('pod/web hostPort 9000', 9000, 9000),
  ],
};

const port = (text: string, more: Partial<ForwardedPort> = {}): ForwardedPort => {
  const [kind = '', name = '', number = ''] = text.split(/[/:]/);
  const resource = { kind: kind as ForwardedPort['resource']['kind'], name };
  return { resource, port: /^\d+$/.test(number) ? Number(number) : number, address: '127.0.0.1', ...more };
};

function shown(plan: LocalForwardPlan): string {
  switch (plan.how) {
    case 'none':
      return plan.because;
    case 'container':
      return `${shownPort(plan.port)} in ${plan.ids.join(' ')}`;
    default:
      return `${shownPort(plan.port)} ${plan.how} ${plan.at.port}`;
  }
}

const udp =
  'service/dns:53 is not forwarded: service/dns has port 53 only as UDP, and only TCP can be forwarded. It is at 127.0.0.1:53';

it.each([
  ['service/web:80', {}, 'service/web:80 published 32000'],
  ['service/web:80', { localPort: 32_000 }, 'service/web:80 published 32000'],
  ['service/web:80', { localPort: 8000 }, 'service/web:80 through 32000'],
  ['service/web:80', { address: '0.0.0.0' }, 'service/web:80 through 32000'],
  ['deployment/web:8080', {}, 'deployment/web:8080 published 32000'],
  ['deployment/web:7000', {}, 'deployment/web:7000 in id-slipway.pod id-app id-proxy'],
  ['container/app:7000', {}, 'container/app:7000 in id-slipway.pod id-app id-proxy'],
  ['service/web:81', {}, 'service/web:81 is not forwarded: service/web has no port 81. Its ports: 80'],
  ['service/dns:53', {}, udp],
  ['service/db:53', {}, 'service/db:53 is not forwarded: service/db does not exist in this deploy'],
  ['pod/web:80', {}, 'pod/web:80 is not forwarded: pod/web does not exist in this deploy'],
  [
    'deployment/web:http',
    {},
    'deployment/web:http is not forwarded: deployment/web has no port http: without a cluster, ports have no names',
  ],
])('%s %j', (text, more, expected) => {
  expect(planLocalForwards([port(text, more)], false, [workload]).map(shown)).toEqual([expected]);
});

it('reports all ports of Services that are not named', () => {
  expect(planLocalForwards([], true, [workload]).map(shown)).toEqual(['service/web:80 published 32000', udp]);
  expect(planLocalForwards([port('service/web:80')], true, [workload])).toHaveLength(2);
});
