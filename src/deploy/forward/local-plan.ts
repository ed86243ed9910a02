import type { BoundPort, ListedWorkload } from '../../runtime/local-deployments.ts';
import { isClusterKind, shownPort, shownResource, type ForwardedPort } from './forwarded-port.ts';
import { loopback } from '../../runtime/loopback-forward.ts';

/** How a port of a deploy to an engine is reached. */
export type LocalForwardPlan =
  /** The engine has opened it already. */
  | { readonly how: 'published'; readonly port: ForwardedPort; readonly at: BoundPort }
  /** Through a port that the engine has opened. */
  | { readonly how: 'through'; readonly port: ForwardedPort; readonly at: BoundPort }
  /** Through the address of one of these containers: the first that has one. */
  | { readonly how: 'container'; readonly port: ForwardedPort; readonly to: number; readonly ids: readonly string[] }
  | { readonly how: 'none'; readonly because: string };

/**
 * Plans the ports of a deploy to an engine: those that the configuration names, and with `services` those of Services,
 * which the engine has opened already. Pure.
 */
export function planLocalForwards(
  wanted: readonly ForwardedPort[],
  services: boolean,
  workloads: readonly ListedWorkload[],
): readonly LocalForwardPlan[] {
  const named = wanted.map((port) => planOne(port, workloads));
  const known = new Set(wanted.map(shownPort));
  const published = services ? workloads.flatMap(({ ports }) => ports).flatMap(planPublished) : [];
  return [...named, ...published.filter((plan) => plan.how === 'none' || !known.has(shownPort(plan.port)))];
}

/** How the deployer names the port of a Service (`LocalPort.of`). */
const ofService = /^service\/(\S+) port (\d+)$/;

function planPublished(at: BoundPort): readonly Extract<LocalForwardPlan, { how: 'published' | 'none' }>[] {
  const [, name = '', number = ''] = ofService.exec(at.of) ?? [];
  if (name === '') return [];
  if (at.protocol !== 'tcp')
    return [{ how: 'none', because: `service/${name}:${number} is UDP. It is at ${at.host}:${at.port}` }];
  const { wanted } = at;
  const port: ForwardedPort = {
    resource: { kind: 'service', name },
    port: Number(number),
    address: at.host,
    ...(wanted !== undefined && { localPort: wanted }),
  };
  return [{ how: 'published', port, at }];
}

function planOne(port: ForwardedPort, workloads: readonly ListedWorkload[]): LocalForwardPlan {
  const { kind, name } = port.resource;
  const none = (because: string): LocalForwardPlan => ({
    how: 'none',
    because: `${shownPort(port)} is not forwarded: ${because}`,
  });
  if (typeof port.port !== 'number') return none('without a cluster, ports have no names. Write the number');
  const number = port.port;
  if (kind === 'service') {
    const at = workloads
      .flatMap(({ ports }) => ports)
      .find((each) => each.of === `service/${name} port ${number}` && each.protocol === 'tcp');
    return at ? through(port, at) : none(`the deploy has no ${shownResource(port.resource)} with TCP port ${number}`);
  }
  const workload = workloads.find((each) => isOf(port, each));
  if (workload === undefined) return none(`the deploy has no ${shownResource(port.resource)}`);
  const at = workload.ports.find(({ container, protocol }) => container === number && protocol === 'tcp');
  if (at) return through(port, at);
  // The holder has the network of the others.
  const containers = [...workload.containers].sort((one, other) => rank(one.role) - rank(other.role));
  return { how: 'container', port, to: number, ids: containers.map(({ id }) => id) };
}

function through(port: ForwardedPort, at: BoundPort): LocalForwardPlan {
  const isThere = port.address === loopback && (port.localPort ?? at.port) === at.port;
  return { how: isThere ? 'published' : 'through', port, at };
}

function isOf({ resource: { kind, name, namespace } }: ForwardedPort, workload: ListedWorkload): boolean {
  const [, of = '', within, called] = workload.object.split(' ');
  if (!isClusterKind(kind)) return called === name || workload.containers.some((container) => container.name === name);
  return of.toLowerCase() === kind && called === name && (namespace ?? within) === within;
}

function rank(role: ListedWorkload['containers'][number]['role']): number {
  return ['holder', 'main'].includes(role) ? (role === 'holder' ? 0 : 1) : 2;
}
