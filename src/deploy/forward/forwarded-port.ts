/** What is forwarded to this machine, whoever asked for it. */

/** A kind of a cluster that has pods. */
export type ClusterKind =
  | 'service'
  | 'pod'
  | 'deployment'
  | 'replicaset'
  | 'statefulset'
  | 'daemonset'
  | 'replicationcontroller'
  | 'job'
  | 'cronjob';

/** `container`: a container of `deploy.docker`. */
export type ForwardedKind = ClusterKind | 'container';

/** What has the port. */
export interface ForwardedResource {
  readonly kind: ForwardedKind;
  readonly name: string;
  /** Absent: that of the deploy. */
  readonly namespace?: string;
}

/** The same in a cluster. */
export interface ClusterResource {
  readonly kind: ClusterKind;
  readonly name: string;
  readonly namespace: string;
}

export interface ForwardedPort {
  readonly resource: ForwardedResource;
  /** A Service's own port, else one of the pod: a number, or the name that the object gives it. */
  readonly port: number | string;
  /** An address of this machine, or `localhost`. */
  readonly address: string;
  /** The port of this machine. Another one is taken if it is not free. Absent: any free port. */
  readonly localPort?: number;
}

const ofEngine: ForwardedKind = 'container';

export function isClusterKind(kind: ForwardedKind): kind is ClusterKind {
  return kind !== ofEngine;
}

/** Returns a port as people read it: `service/web:80`. */
export function shownPort({ resource, port }: Pick<ForwardedPort, 'resource' | 'port'>): string {
  return `${shownResource(resource)}:${port}`;
}

export function shownResource({ kind, name }: Pick<ForwardedResource, 'kind' | 'name'>): string {
  return `${kind}/${name}`;
}

/** Returns the ports that are not among the named ones. */
export function withoutNamed(
  ports: readonly ForwardedPort[],
  named: readonly ForwardedPort[],
): readonly ForwardedPort[] {
  const keyOf = ({ resource: { kind, namespace, name }, port }: ForwardedPort) =>
    JSON.stringify([kind, namespace, name, port]);
  const known = new Set(named.map(keyOf));
  return ports.filter((port) => !known.has(keyOf(port)));
}
