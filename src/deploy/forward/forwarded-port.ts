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

/** Returns a port as people read it: `service/web:80`. */
export function shownPort({ resource, port }: Pick<ForwardedPort, 'resource' | 'port'>): string {
  return `${shownResource(resource)}:${port}`;
}

export function shownResource({ kind, name }: Pick<ForwardedResource, 'kind' | 'name'>): string {
  return `${kind}/${name}`;
}

/** Returns the ports without those that an earlier one already forwards. */
export function distinctPorts(ports: readonly ForwardedPort[]): readonly ForwardedPort[] {
  const known = new Map<string, ForwardedPort>();
  for (const each of ports) {
    const key = JSON.stringify([each.resource.kind, each.resource.namespace, each.resource.name, each.port]);
    if (!known.has(key)) known.set(key, each);
  }
  return [...known.values()];
}
