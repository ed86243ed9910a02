/** A cluster as a run was told of it; none of it is secret. */
export interface RunCluster {
  /** Of the operator's file: `--on kubernetes:NAME`, or `default`; absent: the user's own kubeconfig was taken. */
  readonly name?: string;
  /** The context that was taken; absent: the account of the pod that Slipway ran in. */
  readonly context?: string;
  /** The address of its API server: a context of the same name may lead elsewhere by the time that somebody goes on. */
  readonly server?: string;
  readonly namespace: string;
}
