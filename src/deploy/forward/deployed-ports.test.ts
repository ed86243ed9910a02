import { expect, it } from 'vitest';
import { EagerClock } from '../../../test/rigs/eager-clock.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { ApiError } from '../../clusters/api/api-error.ts';
import type { ClusterClient } from '../../clusters/api/cluster-client.ts';
import type { DeployedObject } from '../../model/artifact.ts';
import { deployedPorts, portsOf } from './deployed-ports.ts';
import { shownPort } from './forwarded-port.ts';
import type { LiveObject } from './live-object.ts';

const containers = [
  {
    ...{ name: 'app', image: 'registry:5000/app:v1' },
    ports: [{ containerPort: 8080 }, { containerPort: 80 }, { containerPort: 5353, protocol: 'UDP' }],
  },
  { ...{ name: 'db', image: 'postgres' }, ports: [{ containerPort: 5432 }] },
];
const annotations = { 'debug.cloud.google.com/config': '{"app":{"runtime":"go","ports":{"dlv":80}}}' };
const template = { metadata: { annotations }, spec: { containers } };
const isOwnImage = (image: string) => image.includes('app');
const ports = (kind: 'service' | 'deployment' | 'pod' | 'cronjob', object: LiveObject, pods: 'all' | 'debug' = 'all') =>
  portsOf({ kind, name: 'web', namespace: 'n' }, object, { pods, isOwnImage }).map(
    (port) => `${shownPort(port)} ${port.localPort ?? 'any'}`,
  );
const metadata = { name: 'web' };

it('all ports of a Service, those of the system at any local port', () => {
  const object = { metadata, spec: { ports: [{ port: 80 }, { port: 8443 }, { port: 8443, protocol: 'UDP' }] } };
  expect(ports('service', object)).toEqual(['service/web:80 any', 'service/web:8443 8443']);
});

it.each<[string, 'deployment' | 'pod' | 'cronjob', LiveObject]>([
  ['a template', 'deployment', { metadata, spec: { template } }],
  ['a template of Jobs', 'cronjob', { metadata, spec: { jobTemplate: { spec: { template } } } }],
  ['a pod', 'pod', { metadata: { ...metadata, annotations }, spec: { containers } }],
])('TCP ports of containers with own images, in %s', (_, kind, object) => {
  expect(ports(kind, object)).toEqual([`${kind}/web:8080 8080`, `${kind}/web:80 any`]);
  expect(ports(kind, object, 'debug')).toEqual([`${kind}/web:80 any`]);
});

it.each(['', 'no JSON', 'null', '{"app":{}}', '{"app":1}', '[]'])('no ports of debuggers in %j', (text) => {
  const broken = { ...template, metadata: { annotations: { 'debug.cloud.google.com/config': text } } };
  expect(ports('deployment', { metadata, spec: { template: broken } }, 'debug')).toEqual([]);
});

const deployed = (kind: 'Deployment' | 'Service', name: string): DeployedObject => ({
  ...{ apiVersion: kind === 'Service' ? 'v1' : 'apps/v1', kind, name, change: 'created' },
});

/** Asks for the ports of these objects. The API server refuses paths that match. */
async function portsOfDeploy(objects: readonly DeployedObject[], refused = /never/, status = 403) {
  let [now, most] = [0, 0];
  const json = async (_: string, path: string) => {
    most = Math.max(most, ++now);
    await Promise.resolve();
    now--;
    if (refused.test(path)) throw new ApiError(status, 'you may not');
    return { items: [{ metadata, spec: path.endsWith('services') ? { ports: [{ port: 8443 }] } : { template } }] };
  };
  const { work, observed } = recordingWork();
  const client = { json } as unknown as ClusterClient;
  const classes = { services: true, pods: 'all', isOwnImage } as const;
  const found = await deployedPorts(objects, classes, { client, namespace: 'n' }, { ...work, clock: new EagerClock() });
  return { ports: found.map(shownPort), observed, most };
}

it('ports of objects in their order, asking for a few at a time', async () => {
  const names = Array.from({ length: 40 }, (_, i) => `web-${i}`);
  const { ports: all, most } = await portsOfDeploy(names.map((name) => deployed('Service', name)));
  expect(all).toEqual(names.map((name) => `service/${name}:8443`));
  expect(most).toBeLessThanOrEqual(8);
});

it('ports of other kinds if one may not be read, which is told once', async () => {
  const objects = [deployed('Service', 'a'), deployed('Deployment', 'web'), deployed('Service', 'b')];
  const { ports: others, observed } = await portsOfDeploy(objects, /services/);
  expect(others).toEqual(['deployment/web:8080', 'deployment/web:80']);
  expect(observed).toMatchObject([
    { type: 'noted', level: 'warning', message: 'ports of service objects are not forwarded: you may not' },
  ]);
});

it('throws what concerns all requests', async () => {
  await expect(portsOfDeploy([deployed('Service', 'a')], /services/, 401)).rejects.toThrow('you may not');
});
