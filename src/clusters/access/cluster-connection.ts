/**
 * How to connect to one cluster. `app/` creates it from a kubeconfig's context, or from the account of the pod that
 * Slipway runs in.
 */
export interface ClusterConnection {
  /** For display: `context admin@prod of ~/.kube/config`, `the account of this pod`. */
  readonly described: string;
  /** The name of the kubeconfig's context. Absent: the connection has no kubeconfig. */
  readonly context?: string;
  /** The address of the API server, as in the kubeconfig. */
  readonly server: string;
  readonly namespace: string;
  /** PEM. Absent: the system's certificate authorities. */
  readonly authority?: string;
  /** The name to verify in the server's certificate. Absent: the host of the address. */
  readonly serverName?: string;
  /** Accepts any certificate (`insecure-skip-tls-verify`). */
  readonly insecure?: true;
  readonly login: ClusterLogin;
  /**
   * Returns a kubeconfig of this context only, with the current credentials, for a program that talks to the cluster itself. It is
   * secret. Returns a sentence with `problem` if there are no credentials. Absent: the connection has no kubeconfig.
   */
  kubeconfig?(signal: AbortSignal): Promise<{ readonly text: string } | { readonly problem: string }>;
}

/**
 * Provides credentials. Called for each new connection, so expired credentials are renewed (exec plugins, token files).
 */
export interface ClusterLogin {
  /**
   * @param renew the cluster has just rejected the last credentials
   * @returns a sentence if there are no credentials
   */
  credentials(renew: boolean, signal: AbortSignal): Promise<Credentials | string>;
}

/** PEM. All absent: anonymous. */
export interface Credentials {
  readonly token?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly username?: string;
  readonly password?: string;
}
