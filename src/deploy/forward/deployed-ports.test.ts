import { expect, it } from 'vitest';
import { portsOf } from './deployed-ports.ts';
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
