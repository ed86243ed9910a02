import { describe, expect, it } from 'vitest';
import type { Pod } from '../../clusters/pods/pod-types.ts';
import type { LiveObject } from './live-object.ts';
import { targetPort } from './target-port.ts';

const pod: Pod = {
  metadata: { name: 'web-1' },
  spec: {
    containers: [
      {
        name: 'app',
        ports: [
          { name: 'http', containerPort: 8080 },
          { name: 'dns', containerPort: 53, protocol: 'UDP' },
        ],
      },
    ],
    initContainers: [{ name: 'proxy', ports: [{ name: 'admin', containerPort: 9901 }] }],
  },
};

const service = (more: object = {}): LiveObject => ({
  metadata: { name: 'web' },
  spec: {
    ports: [
      { name: 'page', port: 80, targetPort: 'http' },
      { name: 'raw', port: 81, targetPort: 8081 },
      { port: 82 },
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 5353 },
      { name: 'quic', port: 443, protocol: 'UDP' },
      { name: 'lost', port: 83, targetPort: 'gone' },
    ],
    ...more,
  },
});

describe('a port of a Service', () => {
  it.each([
    ['a number leads to a named port of the pod', 80, 8080],
    ['a name', 'page', 8080],
    ['a numbered target', 81, 8081],
    ['no target is the same port', 82, 82],
    ['TCP comes before UDP', 53, 5353],
  ])('%s', (_, port, target) => {
    expect(targetPort({ kind: 'service' }, service(), pod, port)).toEqual({ port: target });
  });

  it('of a headless one is that of the pod, as for its other clients', () => {
    expect(targetPort({ kind: 'service' }, service({ clusterIP: 'None' }), pod, 81)).toEqual({ port: 81 });
  });

  it.each([
    [443, 'has port 443 only as UDP, and only TCP can be forwarded'],
    ['quic', 'has port quic only as UDP, and only TCP can be forwarded'],
    [83, 'leads port 83 to pod web-1, which has no port gone. Its ports: 8080 (http), 53 (dns), 9901 (admin)'],
    [99, 'has no port 99. Its ports: 80 (page), 81 (raw), 82, 53 (dns), 53 (dns-tcp), 443 (quic), 83 (lost)'],
  ])('%s cannot be forwarded', (port, problem) => {
    expect(targetPort({ kind: 'service' }, service(), pod, port)).toEqual({ problem });
  });
});

describe('a port of a workload', () => {
  const object: LiveObject = { metadata: { name: 'web' } };

  it.each([
    ['need not be declared', 4000, 4000],
    ['has a name', 'http', 8080],
    ['may be that of a sidecar', 'admin', 9901],
  ])('%s', (_, port, target) => {
    expect(targetPort({ kind: 'deployment' }, object, pod, port)).toEqual({ port: target });
  });

  it.each([
    ['dns', 'has port dns only as UDP, and only TCP can be forwarded'],
    ['page', 'has no port page. Its ports: 8080 (http), 53 (dns), 9901 (admin)'],
  ])('%s cannot be forwarded', (port, problem) => {
    expect(targetPort({ kind: 'deployment' }, object, pod, port)).toEqual({ problem });
  });
});
