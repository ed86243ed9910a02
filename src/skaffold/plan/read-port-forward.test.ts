import { expect, it } from 'vitest';
import { configurationsOf, lineOf } from '../../../test/rigs/skaffold-configurations.ts';
import { shownPort } from '../../deploy/forward/forwarded-port.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { readPortForward, type PortForwardRequest } from './read-port-forward.ts';

async function read(yaml: string, request: Partial<PortForwardRequest> = {}) {
  const found: Diagnostic[] = [];
  const ports = readPortForward(
    await configurationsOf(yaml),
    {
      // Stands for templates.
      expand: (node) => (node.kind === 'scalar' ? node.text.replace('{{.NAME}}', 'shop') : undefined),
      ...{ deployer: 'kubectl', ...request },
    },
    (diagnostic) => void found.push(diagnostic),
  );
  return {
    found: found.map(lineOf),
    ports: ports.map(
      (port) => `${port.resource.namespace ?? '-'} ${shownPort(port)} at ${port.address}:${port.localPort ?? 'any'}`,
    ),
  };
}

const one = (...fields: readonly string[]) => `portForward:\n  - {${fields.join(', ')}}\n`;
const web = ['resourceType: Deployment', 'resourceName: web'];

it.each([
  ['a number is also the local port', one(...web, 'port: 80'), '- deployment/web:80 at 127.0.0.1:80'],
  ['a number as text', one(...web, "port: '8080'"), '- deployment/web:8080 at 127.0.0.1:any'],
  ['a name', one(...web, 'port: http'), '- deployment/web:http at 127.0.0.1:any'],
  ['a local port', one(...web, 'port: http', 'localPort: 9000'), '- deployment/web:http at 127.0.0.1:9000'],
  ['0 is no local port', one(...web, 'port: 80', 'localPort: 0'), '- deployment/web:80 at 127.0.0.1:80'],
  ['all addresses', one(...web, 'port: 80', 'address: 0.0.0.0'), '- deployment/web:80 at 0.0.0.0:80'],
  ['localhost', one(...web, 'port: 80', 'address: localhost'), '- deployment/web:80 at localhost:80'],
  ['a namespace', one(...web, 'port: 80', 'namespace: db'), 'db deployment/web:80 at 127.0.0.1:80'],
  [
    'templates',
    one('resourceType: pod', "resourceName: 'a-{{.NAME}}'", "namespace: '{{.NAME}}'", 'port: 80'),
    'shop pod/a-shop:80 at 127.0.0.1:80',
  ],
  [
    'the namespace of the configuration',
    `deploy: {kubectl: {defaultNamespace: '{{.NAME}}'}}\n${one(...web, 'port: 80')}`,
    'shop deployment/web:80 at 127.0.0.1:80',
  ],
])('%s', async (_, yaml, port) => {
  expect(await read(yaml)).toEqual({ found: [], ports: [port] });
});

it('the namespace of the command line comes before that of the configuration', async () => {
  const yaml = `deploy: {kubectl: {defaultNamespace: a}}\n${one(...web, 'port: 80')}`;
  const { ports } = await read(yaml, { namespace: 'b' });
  expect(ports).toEqual(['b deployment/web:80 at 127.0.0.1:80']);
});

it.each([
  [one('resourceType: pod', 'port: 80'), ['S058 2:5 a forwarded port has no `resourceName`']],
  [one(...web), ['S058 2:5 a forwarded port (`web`) has no `port`']],
  [
    one(...web, 'port: 70000'),
    ['S027 2:57 `port` is `70000`, but must be a number from 1 to 65535, or the name of a port'],
  ],
  [one(...web, 'port: Not_A_Name'), [expect.stringContaining('`port` is `Not_A_Name`') as string]],
  [one(...web, 'port: 80', 'localPort: -1'), ['S027 2:72 `localPort` is `-1`, but must be a number from 1 to 65535']],
  [
    one(...web, 'port: 80', 'address: web.example'),
    ['S027 2:70 `address` is `web.example`, but must be one IP address, or `localhost`'],
  ],
  [
    one('resourceType: container', 'resourceName: web', 'port: 80'),
    ['S100 2:5 container/web:80 is not forwarded: a cluster has no containers of `deploy.docker`'],
  ],
])('reports what is wrong: %s', async (yaml, found) => {
  expect((await read(yaml)).found).toEqual(found);
});

it('without a cluster there are containers, no names of ports, and no namespaces', async () => {
  const yaml = `portForward:
  - {resourceType: container, resourceName: web, port: 80, namespace: n}
  - {resourceType: service, resourceName: web, port: http}
`;
  expect(await read(yaml, { deployer: 'docker' })).toEqual({
    ports: ['- container/web:80 at 127.0.0.1:80'],
    found: ['S100 3:5 service/web:http is not forwarded: without a cluster, ports have no names'],
  });
});
