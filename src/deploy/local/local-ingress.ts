import type { IngressBackend, IngressHost, IngressPath, IngressRoutes } from '../../model/ingress-routes.ts';
import { isAddress } from '../../util/is-address.ts';
import { groupOf, type KubernetesObject } from '../kubernetes-object.ts';
import { Fields, type FieldReport } from './fields.ts';
import type { LocalService } from './local-services.ts';

/** An Ingress and where it is. */
export interface IngressObject {
  readonly object: KubernetesObject;
  readonly namespace: string;
  readonly report: FieldReport;
}

/** The Services that a deploy has. */
export interface KnownServices {
  /** Those that lead to pods. */
  readonly services: readonly LocalService[];
  /** Reports whether a manifest defines it, even if it leads to no pods. */
  readonly isDefined: (namespace: string, name: string) => boolean;
}

/** Reports whether an object is an Ingress of Kubernetes, of any version. */
export function isIngress(object: KubernetesObject): boolean {
  return object.kind === 'Ingress' && ['networking.k8s.io', 'extensions'].includes(groupOf(object));
}

/** A DNS name in lower case (RFC 1123), perhaps with a star as its first label. */
const hostName = /^(?:\*\.)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/** Returns the routes of all Ingress objects. `undefined`: there are none. */
export function ingressRoutes(ingresses: readonly IngressObject[], known: KnownServices): IngressRoutes | undefined {
  const routes = new Routes();
  for (const ingress of ingresses) readIngress(ingress, known, routes);
  return routes.all();
}

/** An Ingress as it is read. */
interface Reading {
  readonly ingress: IngressObject;
  readonly known: KnownServices;
}

function readIngress(ingress: IngressObject, known: KnownServices, routes: Routes): void {
  const { object, report } = ingress;
  if (object.apiVersion !== 'networking.k8s.io/v1')
    return report.note('apiVersion', `write networking.k8s.io/v1: clusters no longer have ${object.apiVersion}`);
  noteAnnotations(object, report);
  const reading = { ingress, known };
  const top = new Fields(object, '', report).ignore('apiVersion', 'kind', 'metadata', 'status');
  const spec = top.child('spec') ?? new Fields({}, 'spec', report);
  top.rest();
  const rest = spec.child('defaultBackend');
  const otherwise = rest && readBackend(rest, reading);
  const rules = spec.children('rules');
  routes.add(object.metadata.name ?? '');
  const hosts = rules.map((rule) => readRule(rule, reading, routes));
  if (otherwise) for (const host of hosts) routes.addOtherwise(host, otherwise);
  if (otherwise && !routes.addOtherwiseOfAll(otherwise))
    spec.note('defaultBackend', 'that of an earlier Ingress gets the requests to other hosts');
  if (!spec.has('rules') && rest === undefined) spec.problem('rules', 'is missing, and there is no defaultBackend');
  if (spec.has('tls')) spec.note('tls', 'it is served as plain HTTP');
  spec.ignore('ingressClassName').rest();
}

/** Controllers have settings of their own, and some change where requests go. */
function noteAnnotations({ metadata }: KubernetesObject, report: FieldReport): void {
  for (const key of Object.keys(metadata.annotations ?? {}))
    if (/(?:^|\.)ingress\.kubernetes\.io\//.test(key))
      report.note(`metadata.annotations["${key}"]`, 'settings of Ingress controllers have no effect');
}

/** Returns the host of the rule. */
function readRule(rule: Fields, reading: Reading, routes: Routes): string | undefined {
  // An empty host is as if it were absent.
  const host = rule.text('host') || undefined;
  if (host !== undefined && (!hostName.test(host) || isAddress(host)))
    rule.problem('host', 'must be a DNS name in lower case, such as shop.example.com or *.example.com');
  routes.addHost(host);
  const http = rule.child('http');
  for (const entry of http?.children('paths') ?? []) {
    const path = readPath(entry, reading);
    if (path && !routes.addPath(host, path)) entry.note('path', 'an earlier rule has the same host, path and type');
  }
  http?.rest();
  rule.rest();
  return host;
}

function readPath(entry: Fields, reading: Reading): IngressPath | undefined {
  const pathType = entry.text('pathType');
  const written = entry.text('path') ?? '';
  const backend = entry.child('backend');
  if (backend === undefined) entry.problem('backend', 'is missing');
  entry.rest();
  const isSpecific = pathType === 'ImplementationSpecific';
  if (pathType === undefined) entry.problem('pathType', 'is missing');
  else if (!isSpecific && pathType !== 'Exact' && pathType !== 'Prefix')
    entry.problem('pathType', 'must be one of Exact, Prefix, ImplementationSpecific');
  const path = written === '' && isSpecific ? '/' : written;
  if (!path.startsWith('/')) entry.problem('path', 'must begin with a slash');
  if (isSpecific && /[\\^$*()[\]|]/.test(path))
    entry.note('path', 'it is matched as a Prefix: characters of patterns have no meaning');
  if (backend === undefined || !path.startsWith('/')) return undefined;
  return { path, type: pathType === 'Exact' ? 'exact' : 'prefix', backend: readBackend(backend, reading) };
}

function readBackend(backend: Fields, reading: Reading): IngressBackend {
  const [service, resource] = [backend.child('service'), backend.child('resource')];
  backend.rest();
  if (service && resource) backend.problem('resource', 'excludes `service`');
  if (resource) return missing(backend, 'resource', 'only Services are supported on a container engine');
  if (service) return readService(service, reading);
  backend.problem('service', 'is missing');
  return unnamed;
}

/** Of a backend with mistakes. They were reported, so nothing is deployed. */
const unnamed: IngressBackend = { missing: 'no port of a Service is named' };

function readService(service: Fields, reading: Reading): IngressBackend {
  const [name, port] = [service.text('name') ?? '', service.child('port')];
  service.rest();
  const [number, portName] = [port?.number('number'), port?.text('name')];
  port?.rest();
  if (name === '') service.problem('name', 'is missing');
  if (number !== undefined && portName !== undefined) port?.problem('name', 'excludes `number`');
  const wanted = number ?? portName;
  if (wanted === undefined) service.problem('port', 'must have a number or a name');
  return name === '' || wanted === undefined ? unnamed : findPort(service, name, wanted, reading);
}

function findPort(
  service: Fields,
  name: string,
  wanted: number | string,
  { ingress: { namespace }, known }: Reading,
): IngressBackend {
  const found = known.services.find((each) => each.name === name && each.namespace === namespace);
  if (found === undefined && known.isDefined(namespace, name))
    return missing(service, 'name', `Service ${name} leads to no pods`);
  if (found === undefined) return missing(service, 'name', `the deploy has no Service ${name}`);
  const port = found.ports.find((each) => each.protocol === 'tcp' && (each.port === wanted || each.name === wanted));
  if (port === undefined) return missing(service, 'port', `Service ${name} has no TCP port ${wanted}`);
  return { namespace, service: name, port: port.port };
}

function missing(fields: Fields, key: string, detail: string): IngressBackend {
  fields.note(key, detail);
  return { missing: detail };
}

/** Collects the rules of several Ingress objects. Of equal ones the first is kept. */
class Routes {
  readonly #ingresses = new Set<string>();
  readonly #hosts = new Map<string | undefined, { paths: IngressPath[]; otherwise?: IngressBackend }>();
  #otherwise: IngressBackend | undefined;

  add(ingress: string): void {
    this.#ingresses.add(ingress);
  }

  addHost(host: string | undefined) {
    const entry = this.#hosts.get(host) ?? { paths: [] };
    this.#hosts.set(host, entry);
    return entry;
  }

  /** Returns false if there is an equal one. */
  addPath(host: string | undefined, path: IngressPath): boolean {
    const { paths } = this.addHost(host);
    if (paths.some((each) => each.path === path.path && each.type === path.type)) return false;
    paths.push(path);
    return true;
  }

  /** Returns false if there is one. */
  addOtherwise(host: string | undefined, backend: IngressBackend): boolean {
    const entry = this.addHost(host);
    if (entry.otherwise) return false;
    entry.otherwise = backend;
    return true;
  }

  addOtherwiseOfAll(backend: IngressBackend): boolean {
    if (this.#otherwise) return false;
    this.#otherwise = backend;
    return true;
  }

  all(): IngressRoutes | undefined {
    if (this.#ingresses.size === 0) return undefined;
    const hosts = [...this.#hosts].map(([host, entry]): IngressHost => ({
      ...(host !== undefined && { host }),
      ...entry,
    }));
    return { ingresses: [...this.#ingresses], hosts, ...(this.#otherwise && { otherwise: this.#otherwise }) };
  }
}
