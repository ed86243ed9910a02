import type { Pod } from '../../clusters/pods/pod-types.ts';
import type { ClusterResource } from './forwarded-port.ts';
import { declaredPorts, type LiveObject, type ServicePort } from './live-object.ts';
import { noSuchPort, notTcp } from './port-problems.ts';

export type FoundPort = { readonly port: number } | { readonly problem: string };

/** Returns the port of a pod that a port of its resource leads to, or why there is none. Pure. */
export function targetPort(
  { kind }: Pick<ClusterResource, 'kind'>,
  object: LiveObject,
  pod: Pod,
  port: number | string,
): FoundPort {
  if (kind !== 'service') return portOfPod(pod, port);
  const found = servicePort(object, port);
  if ('problem' in found) return found;
  // Whoever asks for the name of a headless Service connects to its pods. `port` and `targetPort` are the same then.
  if (object.spec?.clusterIP === 'None' && typeof port === 'number') return { port };
  const target = portOfPod(pod, found.targetPort ?? found.port);
  return 'problem' in target
    ? { problem: `leads port ${port} to pod ${pod.metadata.name}, which ${target.problem}` }
    : target;
}

/** Returns the port of a Service by its number or name, or why it cannot be forwarded. Pure. */
export function servicePort({ spec }: LiveObject, port: number | string): ServicePort | { readonly problem: string } {
  const all = spec?.ports ?? [];
  const named = all.filter((each) => (typeof port === 'number' ? each.port === port : each.name === port));
  const [found] = named.filter(isTcp);
  if (found) return found;
  const [other] = named;
  return { problem: other ? notTcp(port, other.protocol ?? '') : noSuchPort(port, all) };
}

export function isTcp({ protocol = 'TCP' }: { readonly protocol?: string }): boolean {
  return protocol === 'TCP';
}

/** A number need not be declared. */
function portOfPod({ spec }: Pod, port: number | string): FoundPort {
  if (typeof port === 'number') return { port };
  const declared = [...spec.containers, ...(spec.initContainers ?? [])].flatMap(declaredPorts);
  const named = declared.filter(({ name }) => name === port);
  const found = named.find(isTcp);
  if (found) return { port: found.containerPort };
  const [other] = named;
  const known = declared.map(({ name, containerPort }) => ({ port: containerPort, name }));
  return { problem: other ? notTcp(port, other.protocol ?? '') : noSuchPort(port, known) };
}
