/**
 * How one cluster is reached: what `app/` makes of a kubeconfig's context or of the account of the pod that Slipway
 * runs in.
 */
export interface ClusterConnection {
  /** For people: `context admin@prod of ~/.kube/config`, `the account of this pod`. */
  readonly described: string;
  /** The address of its API server, as the kubeconfig has it. */
  readonly server: string;
  readonly namespace: string;
  /** PEM; absent: the system's authorities. */
  readonly authority?: string;
  /** The name that the server's certificate has to be for; absent: that of the address. */
  readonly serverName?: string;
  /** Believes any certificate (`insecure-skip-tls-verify`). */
  readonly insecure?: true;
  readonly login: ClusterLogin;
}

/**
 * Who we are to the cluster, asked whenever a connection is made, so that what expires is had anew (exec plugins, token
 * files).
 */
export interface ClusterLogin {
  /**
   * @param renew the cluster has just refused the last one
   * @returns a sentence where nothing can be had
   */
  credentials(renew: boolean, signal: AbortSignal): Promise<Credentials | string>;
}

/** PEM; all absent: nobody. */
export interface Credentials {
  readonly token?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly username?: string;
  readonly password?: string;
}
