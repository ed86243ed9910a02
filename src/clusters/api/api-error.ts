/**
 * Errors of a cluster or the connection to it. Thrown inside this folder only; they become values at its border. None
 * of them is a bug.
 */

/** The fields of a `Status` that are used (k8s.io/apimachinery, meta/v1). */
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

/** The cluster returned an error. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    /** The HTTP status. */
    readonly status: number,
    /** The cluster's message. */
    readonly said: string,
    readonly reason: string = '',
    readonly details: ApiStatus['details'] = {},
  ) {
    super(said);
  }
}

/** There was no response, or it was cut off. */
export class ClusterLost extends Error {
  override readonly name = 'ClusterLost';
}

/** There was no connection: the request was never sent. */
export class ClusterUnreachable extends ClusterLost {}

/** Slipway closed the connection itself. Do not retry. */
export class ClusterClosed extends ClusterLost {
  constructor() {
    super('the connection to the cluster was closed');
  }
}

/** The server's certificate is not trusted, or TLS versions do not match. Do not retry. */
export class ClusterUntrusted extends ClusterUnreachable {
  constructor(why: string, options: ErrorOptions) {
    super(`no secure connection: ${why}`, options);
  }
}

/** No credentials are available: the kubeconfig's login failed. */
export class LoginFailed extends Error {
  override readonly name = 'LoginFailed';
}

export function hasStatus(error: unknown, ...statuses: readonly number[]): error is ApiError {
  return error instanceof ApiError && statuses.includes(error.status);
}

/**
 * Returns the error of a response.
 * @param body the response's body, possibly cut
 */
export function errorOf(status: number, body: string): ApiError {
  try {
    const { kind, message, reason, details } = JSON.parse(body) as ApiStatus;
    if (kind === 'Status') return new ApiError(status, message ?? reason ?? `HTTP ${status}`, reason, details);
  } catch {
    // Proxies return web pages.
  }
  return new ApiError(status, pageText(status, body));
}

/** Shortens a web page that is not the cluster's to a readable message. */
export function pageText(status: number, page: string): string {
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
 * Reports whether a retry may succeed a moment later: the server is starting or overloaded, or a proxy reports that.
 */
export function isTransient(error: unknown): boolean {
  if (error instanceof ClusterClosed || error instanceof ClusterUntrusted || isTooLarge(error)) return false;
  return error instanceof ClusterLost || hasStatus(error, 429, 500, 502, 503, 504);
}

/** Reports whether the server may have executed a failed request: the response was lost, or the result is unknown. */
export function mayHaveHadEffect(error: unknown): boolean {
  if (error instanceof ClusterUnreachable || hasStatus(error, 429)) return false;
  return error instanceof ClusterLost || isTransient(error);
}
