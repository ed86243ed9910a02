/** Where the HTTP requests to a deploy go, as its Ingress objects say. Recorded with the deploy, so it has no secrets. */
export interface IngressRoutes {
  /** The names of the Ingress objects. */
  readonly ingresses: readonly string[];
  readonly hosts: readonly IngressHost[];
  /** Gets what no host and no path matches. Absent: that is not found. */
  readonly otherwise?: IngressBackend;
}

/** The paths of one host. No other entry has the same host. */
export interface IngressHost {
  /** In lower case. In `*.example.com` the star stands for one label. Absent: every host that no other entry matches. */
  readonly host?: string;
  readonly paths: readonly IngressPath[];
  /** Gets the other paths. Absent: `IngressRoutes.otherwise`. */
  readonly otherwise?: IngressBackend;
}

export interface IngressPath {
  /** Begins with a slash. */
  readonly path: string;
  /** `prefix`: its elements are the first ones of a request's path. */
  readonly type: 'exact' | 'prefix';
  readonly backend: IngressBackend;
}

/** A TCP port of a Service. `missing`: why nothing answers. */
export type IngressBackend = ServicePort | { readonly missing: string };

export interface ServicePort {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
}
