import type { LocalProbe, LocalProbes } from '../../runtime/local-deployments.ts';
import type { Fields } from './fields.ts';

/** Returns the probes that decide whether a container is ready. Reports what nobody can check after the deploy. */
export function podProbes(container: Fields, ports: ReadonlyMap<string, number>): LocalProbes {
  const startup = probeOf(container.child('startupProbe'), ports);
  const readiness = probeOf(container.child('readinessProbe'), ports);
  const liveness = container.child('livenessProbe');
  if (liveness !== undefined)
    container.note(
      'livenessProbe',
      'is not checked on a container engine: the engine restarts the container only when its process ends',
    );
  return { ...(startup && { startup }), ...(readiness && { readiness }) };
}

/** The defaults of Kubernetes (kubernetes.io, "Configure Liveness, Readiness and Startup Probes"). */
const defaults = {
  initialDelaySeconds: 0,
  periodSeconds: 10,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 3,
} as const;

function probeOf(probe: Fields | undefined, ports: ReadonlyMap<string, number>): LocalProbe | undefined {
  if (probe === undefined) return undefined;
  const check = checkOf(probe, ports);
  const numbers = Object.entries(defaults).map(([key, value]) => [key, probe.number(key) ?? value] as const);
  probe.ignore('terminationGracePeriodSeconds').rest();
  return check && { check, ...(Object.fromEntries(numbers) as Record<keyof typeof defaults, number>) };
}

function checkOf(probe: Fields, ports: ReadonlyMap<string, number>): LocalProbe['check'] | undefined {
  const command = probe.child('exec')?.texts('command');
  if (command !== undefined) return { kind: 'exec', command };
  const http = probe.child('httpGet');
  if (http !== undefined) return httpCheck(http, ports);
  const tcp = probe.child('tcpSocket') ?? probe.child('grpc');
  if (tcp === undefined) {
    probe.problem(undefined, 'has none of `exec`, `httpGet`, `tcpSocket` and `grpc`');
    return undefined;
  }
  if (probe.has('grpc')) probe.note('grpc', 'is checked by a TCP connection only');
  const port = portOf(tcp, ports);
  tcp.ignore('host', 'service').rest();
  return port === undefined ? undefined : { kind: 'tcp', port };
}

function httpCheck(http: Fields, ports: ReadonlyMap<string, number>): LocalProbe['check'] | undefined {
  const port = portOf(http, ports);
  const path = http.text('path') ?? '/';
  const headers = http
    .children('httpHeaders')
    .map((each) => [each.text('name') ?? '', each.text('value') ?? ''] as const);
  const tls = http.text('scheme') === 'HTTPS';
  if (tls) http.note('scheme', 'HTTPS is checked by a TCP connection only');
  http.ignore('host').rest();
  if (port === undefined) return undefined;
  return tls ? { kind: 'tcp', port } : { kind: 'http', port, path: path.startsWith('/') ? path : `/${path}`, headers };
}

function portOf(fields: Fields, ports: ReadonlyMap<string, number>): number | undefined {
  const reference = fields.portReference('port');
  const port = typeof reference === 'string' ? ports.get(reference) : reference;
  if (port === undefined)
    fields.problem('port', reference === undefined ? 'is missing' : `no port is named ${reference}`);
  return port;
}
