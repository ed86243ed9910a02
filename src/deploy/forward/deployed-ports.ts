import { hasStatus } from '../../clusters/api/api-error.ts';
import type { ClusterClient } from '../../clusters/api/cluster-client.ts';
import { namedObject } from '../../clusters/api/pages-of.ts';
import { refusedPermission } from '../../clusters/refused-permission.ts';
import type { DeployedObject } from '../../model/artifact.ts';
import type { Work } from '../../model/work.ts';
import { inParallel } from '../../util/in-parallel.ts';
import { forwardedKindOf, kindPath } from './forwardable-kinds.ts';
import type { ClusterKind, ClusterResource, ForwardedPort } from './forwarded-port.ts';
import { declaredPorts, templateOf, type LiveObject } from './live-object.ts';
import { sameLocalPort } from './local-ports.ts';
import { loopback } from '../../runtime/loopback-forward.ts';
import { forwardWarning } from './observe-forward.ts';

/** What is forwarded of a deploy without being named: see skaffold.dev, "Port Forwarding". */
export interface ForwardedClasses {
  /** Each port of each Service. */
  readonly services: boolean;
  /** The ports that containers declare. `debug`: only those that debuggers listen on. */
  readonly pods: 'all' | 'debug' | 'none';
  /** Reports whether the containers of an image count for `pods`. */
  readonly isOwnImage: (image: string) => boolean;
}

/** Where `skaffold debug` writes the ports of debuggers. */
const debugAnnotation = 'debug.cloud.google.com/config';

/** How many objects are read at a time. */
const atOnce = 8;

/**
 * Returns the ports of deployed objects, in the order of the objects. Asks the cluster for each of them once. Warns once
 * for each kind that may not be read, and goes on without it. Throws the client's other errors.
 */
export async function deployedPorts(
  objects: readonly DeployedObject[],
  classes: ForwardedClasses,
  { client, namespace: standard }: { readonly client: ClusterClient; readonly namespace: string },
  work: Work,
): Promise<readonly ForwardedPort[]> {
  const { clock, signal } = work;
  const wanted = objects.flatMap(({ change, name, namespace = standard, ...object }): readonly ClusterResource[] => {
    const kind = change === 'removed' ? undefined : forwardedKindOf(object);
    if (kind === undefined || (kind === 'service' ? !classes.services : classes.pods === 'none')) return [];
    return [{ kind, name, namespace }];
  });
  const refused = new Set<ClusterKind>();
  const found = await inParallel(wanted, atOnce, async (resource) => {
    try {
      const live = await namedObject<LiveObject>({ client, clock, signal }, kindPath(resource), resource.name);
      return live ? portsOf(resource, live, classes) : [];
    } catch (error) {
      if (!hasStatus(error, 403)) throw error;
      const why = refusedPermission(error.said) ?? error.said;
      const { kind } = resource;
      if (!refused.has(kind)) forwardWarning(work, `ports of ${kind} objects are not forwarded: ${why}`);
      refused.add(kind);
      return [];
    }
  });
  return found.flat();
}

/** Returns the ports of one object. Pure. */
export function portsOf(
  resource: ClusterResource,
  object: LiveObject,
  classes: Pick<ForwardedClasses, 'pods' | 'isOwnImage'>,
): readonly ForwardedPort[] {
  const numbers =
    resource.kind === 'service' ? (object.spec?.ports ?? []).map(({ port }) => port) : containerPorts(object, classes);
  return [...new Set(numbers)].map((port) => {
    const localPort = sameLocalPort(port);
    return { resource, port, address: loopback, ...(localPort !== undefined && { localPort }) };
  });
}

function containerPorts(
  object: LiveObject,
  { pods, isOwnImage }: Pick<ForwardedClasses, 'pods' | 'isOwnImage'>,
): readonly number[] {
  const { spec, metadata } = templateOf(object);
  const debugged = debuggedPorts(metadata?.annotations?.[debugAnnotation] ?? '{}');
  return (spec?.containers ?? [])
    .filter(({ image = '' }) => isOwnImage(image))
    .flatMap((container) =>
      declaredPorts(container)
        .filter(({ protocol = 'TCP' }) => protocol === 'TCP')
        .map(({ containerPort }) => containerPort)
        .filter((port) => pods === 'all' || debugged.get(container.name)?.includes(port) === true),
    );
}

function debuggedPorts(annotation: string): ReadonlyMap<string, readonly number[]> {
  try {
    const written = JSON.parse(annotation) as Readonly<Record<string, { readonly ports?: Record<string, number> }>>;
    return new Map(Object.entries(written).map(([name, { ports = {} }]) => [name, Object.values(ports)]));
  } catch {
    // Anybody may write annotations.
    return new Map();
  }
}
