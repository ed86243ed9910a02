import type { LocalForward, LocalPort } from '../../runtime/local-deployments.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { Fields, type FieldReport } from './fields.ts';
import type { PlannedPod } from './pod-plan.ts';

/** A Service, as far as an engine can provide it. */
export interface LocalService {
  readonly name: string;
  readonly namespace: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly headless: boolean;
  readonly ports: readonly ServicePort[];
  readonly report: FieldReport;
}

interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly target: number | string;
  readonly protocol: 'tcp' | 'udp';
  /** The port of the node that it asks for. */
  readonly node?: number;
  readonly path: string;
}

/** How a cluster spreads and reaches a Service. */
const clusterFields = [
  ...[
    'clusterIPs',
    'ipFamilies',
    'ipFamilyPolicy',
    'internalTrafficPolicy',
    'externalTrafficPolicy',
    'trafficDistribution',
  ],
  ...['loadBalancerClass', 'loadBalancerIP', 'loadBalancerSourceRanges', 'allocateLoadBalancerNodePorts'],
  ...['healthCheckNodePort', 'publishNotReadyAddresses', 'sessionAffinity', 'sessionAffinityConfig', 'externalIPs'],
];

/** Returns `undefined` for a Service that leads to no pods. */
export function localService(
  object: KubernetesObject,
  namespace: string,
  report: FieldReport,
): LocalService | undefined {
  const top = new Fields(object, '', report).ignore('apiVersion', 'kind', 'metadata', 'status');
  const spec = top.child('spec') ?? new Fields({}, 'spec', report);
  top.rest();
  const type = spec.text('type') ?? 'ClusterIP';
  if (type === 'ExternalName') {
    spec.note('type', 'a Service of this type has no name on a container engine');
    return undefined;
  }
  if (!spec.has('selector')) {
    spec.note('selector', 'is missing: a Service without it has no name on a container engine');
    return undefined;
  }
  const selector = spec.textMap('selector');
  const headless = spec.text('clusterIP') === 'None';
  const ports = spec.children('ports').flatMap((each) => portOf(each, type));
  spec.ignore(...clusterFields).rest();
  return { name: object.metadata.name ?? '', namespace, selector, headless, ports, report };
}

function portOf(fields: Fields, type: string): readonly ServicePort[] {
  const [port, protocol] = [fields.number('port'), fields.text('protocol') ?? 'TCP'];
  const [target, node] = [fields.portReference('targetPort'), fields.number('nodePort')];
  const name = fields.text('name');
  fields.ignore('appProtocol').rest();
  if (port === undefined) fields.problem('port', 'is missing');
  else if (protocol !== 'TCP' && protocol !== 'UDP')
    fields.note('protocol', `${protocol} is not supported on a container engine`);
  else
    return [
      {
        ...(name !== undefined && { name }),
        port,
        target: target ?? port,
        protocol: protocol === 'TCP' ? 'tcp' : 'udp',
        ...(type === 'NodePort' && node !== undefined && { node }),
        path: fields.path('targetPort'),
      },
    ];
  return [];
}

/** What the Services add to one pod. */
export interface PodNetwork {
  readonly aliases: readonly string[];
  readonly ports: readonly LocalPort[];
  readonly forwards: readonly LocalForward[];
  /** The Services that select the pod, as `Service NAMESPACE NAME`. */
  readonly services: readonly string[];
}

/**
 * Returns the names and ports of each pod. Names resolve to the pods themselves, because an engine has no addresses of
 * Services. So a port that differs from the pod's port needs a forward in the pod.
 */
export function podNetworks(services: readonly LocalService[], pods: readonly PlannedPod[]): readonly PodNetwork[] {
  for (const service of services) {
    const selected = pods.filter((pod) => selects(service, pod));
    if (selected.length === 0) service.report.note('spec.selector', 'selects no pod');
    if (selected.some((pod) => pod.workload.network === 'engine'))
      service.report.note('spec.selector', "no name leads to a pod that uses the network of the engine's machine");
    if (services.some((other) => other.name === service.name && other.namespace !== service.namespace))
      service.report.note(
        'metadata.name',
        `Services of several namespaces have this name, so only ${service.name}.${service.namespace} leads to it`,
      );
  }
  const taken = new Set<string>();
  const wanted = (port: number | undefined, protocol: string) => {
    const key = `${port}/${protocol}`;
    if (port === undefined || taken.has(key)) return {};
    taken.add(key);
    return { wanted: port };
  };
  // Services come first in their order: whoever names a port first gets it.
  const published = new Map<PlannedPod, LocalPort[]>(pods.map((pod) => [pod, []]));
  for (const service of services)
    for (const { port, target, protocol, node } of service.ports) {
      const pod = pods.find((each) => selects(service, each));
      const container = pod && targetOf(pod, target, protocol);
      if (pod === undefined || container === undefined || pod.workload.network === 'engine') continue;
      const of = `service/${service.name} port ${port}`;
      published.get(pod)?.push({ container, protocol, ...wanted(node ?? port, protocol), of });
    }
  for (const pod of pods)
    for (const { port, protocol, hostPort } of pod.ports)
      if (hostPort !== undefined && pod.request.hostPorts && pod.workload.network !== 'engine')
        published.get(pod)?.push({
          container: port,
          protocol,
          ...wanted(hostPort, protocol),
          of: `pod/${pod.request.name} hostPort ${hostPort}`,
        });
  return pods.map((pod) => {
    const selecting = services.filter((service) => selects(service, pod));
    return {
      aliases: [...new Set(selecting.flatMap((service) => aliasesOf(service, pod, services)))],
      ports: published.get(pod) ?? [],
      forwards: forwardsOf(selecting, pod),
      services: selecting.map(({ namespace, name }) => `Service ${namespace} ${name}`),
    };
  });
}

function selects({ namespace, selector }: LocalService, { request }: PlannedPod): boolean {
  return (
    namespace === request.namespace &&
    Object.entries(selector).every(
      ([key, value]) => Object.hasOwn(request.labels, key) && request.labels[key] === value,
    )
  );
}

function aliasesOf(service: LocalService, { request }: PlannedPod, all: readonly LocalService[]): readonly string[] {
  const { name, namespace } = service;
  const inNamespace = `${name}.${namespace}`;
  const isUnique = all.every((other) => other.name !== name || other.namespace === namespace);
  const names = [...(isUnique ? [name] : []), inNamespace, `${inNamespace}.svc`, `${inNamespace}.svc.cluster.local`];
  return request.governing === name ? [...names, ...names.map((each) => `${request.name}.${each}`)] : names;
}

function targetOf(pod: PlannedPod, target: number | string, protocol: 'tcp' | 'udp'): number | undefined {
  if (typeof target === 'number') return target;
  return pod.ports.find((port) => port.name === target && port.protocol === protocol)?.port;
}

function forwardsOf(services: readonly LocalService[], pod: PlannedPod): readonly LocalForward[] {
  const forwards = new Map<number, number>();
  for (const service of services)
    for (const { port, target, protocol, path } of service.ports) {
      const to = targetOf(pod, target, protocol);
      if (to === undefined)
        service.report.problem(path, `no container of pod ${pod.request.name} names a port ${target}`);
      if (to === undefined || to === port || service.headless) continue;
      if (pod.workload.network === 'engine')
        service.report.note(
          path,
          `pod ${pod.request.name} uses the network of the engine's machine: only port ${to} leads to it`,
        );
      else if (protocol === 'udp')
        service.report.note(path, `use port ${to}: UDP cannot be forwarded from port ${port}`);
      else if (pod.ports.some((each) => each.port === port && each.protocol === 'tcp'))
        service.report.note(
          path,
          `use port ${to}: a container of pod ${pod.request.name} has a port ${port} of its own`,
        );
      else if ((forwards.get(port) ?? to) !== to)
        service.report.note(
          path,
          `use port ${to}: port ${port} of pod ${pod.request.name} already leads to ${forwards.get(port)}`,
        );
      else forwards.set(port, to);
    }
  return [...forwards].map(([listen, to]) => ({ listen, to }));
}
