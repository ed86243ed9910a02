/**
 * What goes wrong between us and a cluster. These are thrown inside this folder only and become values at its border:
 * neither is a bug of ours.
 */

/** What of a `Status` is used (k8s.io/apimachinery, meta/v1). */
export interface ApiStatus {
  readonly kind?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: {
    readonly name?: string;
    readonly kind?: string;
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
  };
}

/** The cluster answered that it cannot, or will not. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    /** Of HTTP. */
    readonly status: number,
    /** In the cluster's words. */
    readonly said: string,
    readonly reason: string = '',
    readonly details: ApiStatus['details'] = {},
  ) {
    super(said);
  }
}

/** There was no answer, or it broke off. */
export class ClusterLost extends Error {
  override readonly name = 'ClusterLost';
}

/** There was no connection: the request was never sent. */
export class ClusterUnreached extends ClusterLost {}

/** We have hung up ourselves: asking again is of no use. */
export class ClusterClosed extends ClusterLost {
  constructor() {
    super('the connection to the cluster was closed');
  }
}

/** Who answers there is not believed, or does not speak TLS as we do: asking again is of no use either. */
export class ClusterDistrusted extends ClusterUnreached {
  constructor(why: string, options: ErrorOptions) {
    super(`no safe connection can be made: ${why}`, options);
  }
}

/** Nobody can log in: the kubeconfig's own means fail. */
export class LoginFailed extends Error {
  override readonly name = 'LoginFailed';
}

export function hasStatus(error: unknown, ...statuses: readonly number[]): error is ApiError {
  return error instanceof ApiError && statuses.includes(error.status);
}

/** The error that an answer tells. @param body of the answer, as far as it was read */
export function errorOf(status: number, body: string): ApiError {
  try {
    const { kind, message, reason, details } = JSON.parse(body) as ApiStatus;
    if (kind === 'Status') return new ApiError(status, message ?? reason ?? `HTTP ${status}`, reason, details);
  } catch {
    // Proxies answer with pages of their own.
  }
  return new ApiError(status, wordsOf(status, body));
}

/** What anybody would read of a page that is not the cluster's. */
export function wordsOf(status: number, page: string): string {
  const words = page
    .replace(/<(style|script)\b.*?<\/\1>|<[^>]*>/gis, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return words === '' ? `HTTP ${status}` : `HTTP ${status}: ${words.slice(0, 300)}`;
}

/**
 * Reports whether the object exceeds a size limit, of the API server (3 MiB: 413) or of its etcd (1.5 MiB by default).
 * The server reports etcd's limits as errors of its own (500; seen on Kubernetes 1.34).
 */
export function isTooLarge(error: unknown): error is ApiError {
  const ofEtcd = /etcdserver: request is too large|trying to send message larger than max/;
  return hasStatus(error, 413) || (hasStatus(error, 500) && ofEtcd.test(error.said));
}

/**
 * Whether the same request may go well a moment later: the server is starting, overloaded, or somebody in between says
 * so.
 */
export function isPassing(error: unknown): boolean {
  if (error instanceof ClusterClosed || error instanceof ClusterDistrusted || isTooLarge(error)) return false;
  return error instanceof ClusterLost || hasStatus(error, 429, 500, 502, 503, 504);
}

/**
 * Reports whether the server may have done what a request asked for, although the request failed: the response was
 * lost, or says that nobody knows.
 */
export function mayHaveHadEffect(error: unknown): boolean {
  if (error instanceof ClusterUnreached || hasStatus(error, 429)) return false;
  return error instanceof ClusterLost || isPassing(error);
}
