import type { Pod } from '../../clusters/pods/pod-types.ts';
import type { ClusterResource } from './forwarded-port.ts';
import { declaredPorts, type LiveObject, type ServicePort } from './live-object.ts';

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
  return portOfPod(pod, found.targetPort ?? found.port);
}

/** Returns the port of a Service by its number or name, or why it cannot be forwarded. Pure. */
export function servicePort({ spec }: LiveObject, port: number | string): ServicePort | { readonly problem: string } {
  const all = spec?.ports ?? [];
  const named = all.filter((each) => (typeof port === 'number' ? each.port === port : each.name === port));
  const [found] = named.filter(isTcp);
  if (found) return found;
  const [other] = named;
  if (other) return { problem: `port ${port} is ${other.protocol ?? ''}, and only TCP can be forwarded` };
  const has = all.map((each) => (each.name === undefined ? `${each.port}` : `${each.port} (${each.name})`));
  return { problem: `has no port ${port}. Its ports: ${has.join(', ') || 'none'}` };
}

export function isTcp({ protocol = 'TCP' }: { readonly protocol?: string }): boolean {
  return protocol === 'TCP';
}

/** A number need not be declared. */
function portOfPod({ metadata, spec }: Pod, port: number | string): FoundPort {
  if (typeof port === 'number') return { port };
  const declared = [...spec.containers, ...(spec.initContainers ?? [])].flatMap(declaredPorts);
  const named = declared.filter(({ name }) => name === port);
  const found = named.find(isTcp);
  if (found) return { port: found.containerPort };
  return {
    problem: named[0]
      ? `port ${port} of pod ${metadata.name} is ${named[0].protocol ?? ''}, and only TCP can be forwarded`
      : `no container of pod ${metadata.name} names a port ${port}`,
  };
}
