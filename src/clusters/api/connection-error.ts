import { ClusterUntrusted, ClusterLost, ClusterUnreachable } from './api-error.ts';

/** Reports whether an error is from the connection, not a bug. */
export function isConnectionError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

/** Error codes of OpenSSL and Node about certificates (nodejs.org, "X509 certificate error codes"). */
const distrust =
  /CERT|SIGNATURE|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|^ERR_SSL|^ERR_TLS|^ERR_OSSL|^EPROTO$/;

/** Returns the `ClusterLost` for a connection error. */
export function toClusterLost(error: unknown): ClusterLost {
  if (!isConnectionError(error))
    return new ClusterLost(error instanceof Error ? error.message : String(error), { cause: error });
  if (distrust.test(error.code ?? '')) return new ClusterUntrusted(error.message, { cause: error });
  // Node names the failed system call. Nothing is sent before the connection exists.
  const unsent = error.syscall === 'connect' || error.syscall === 'getaddrinfo';
  return new (unsent ? ClusterUnreachable : ClusterLost)(wordsFor(error), { cause: error });
}

function wordsFor({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'connection refused';
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return 'the connection broke';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'host not found';
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'host unreachable';
    default:
      return message;
  }
}
