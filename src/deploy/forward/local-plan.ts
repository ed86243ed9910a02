import type { BoundPort, ListedWorkload } from '../../runtime/local-deployments.ts';
import { isClusterKind, shownPort, type ForwardedPort } from './forwarded-port.ts';
import { loopback } from '../../runtime/loopback-forward.ts';
import { noSuchPort, notForwarded, notTcp, notThere, placeProblems } from './port-problems.ts';

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

const here = 'this deploy';

/** How the deployer names the port of a Service (`LocalPort.of`). */
const ofService = /^service\/(\S+) port (\d+)$/;

function planPublished(at: BoundPort): readonly Extract<LocalForwardPlan, { how: 'published' | 'none' }>[] {
  const [, name = '', number = ''] = ofService.exec(at.of) ?? [];
  if (name === '') return [];
  if (at.protocol !== 'tcp')
    return [notForwardedFrom({ resource: { kind: 'service', name }, port: Number(number) }, at)];
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
  const none = (problem: string): LocalForwardPlan => ({ how: 'none', because: notForwarded(port, problem) });
  if (typeof port.port !== 'number') return none(`has no port ${port.port}: ${placeProblems.engine}`);
  const number = port.port;
  if (port.resource.kind === 'service') return planService(port, number, workloads);
  const workload = workloads.find((each) => isOf(port, each));
  if (workload === undefined) return none(notThere(here));
  const at = workload.ports.find(({ container, protocol }) => container === number && protocol === 'tcp');
  if (at) return through(port, at);
  // The holder has the network of the others.
  const containers = [...workload.containers].sort((one, other) => rank(one.role) - rank(other.role));
  return { how: 'container', port, to: number, ids: containers.map(({ id }) => id) };
}

function planService(port: ForwardedPort, number: number, workloads: readonly ListedWorkload[]): LocalForwardPlan {
  const opened = workloads
    .flatMap(({ ports }) => ports)
    .flatMap((at) => {
      const [, name, own] = ofService.exec(at.of) ?? [];
      return name === port.resource.name ? [{ at, port: Number(own) }] : [];
    });
  const same = opened.filter((each) => each.port === number);
  const tcp = same.find(({ at }) => at.protocol === 'tcp');
  if (tcp) return through(port, tcp.at);
  const [other] = same;
  if (other) return notForwardedFrom(port, other.at);
  return { how: 'none', because: notForwarded(port, opened.length > 0 ? noSuchPort(number, opened) : notThere(here)) };
}

/** The engine has opened a port that is not TCP: clients on this machine reach it without a forward. */
function notForwardedFrom(
  port: Pick<ForwardedPort, 'resource' | 'port'>,
  at: BoundPort,
): Extract<LocalForwardPlan, { how: 'none' }> {
  const problem = `${notTcp(port.port, at.protocol)}. It is at ${at.host}:${at.port}`;
  return { how: 'none', because: notForwarded(port, problem) };
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
