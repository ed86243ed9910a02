import { ClusterDistrusted, ClusterLost, ClusterUnreached } from './api-error.ts';

/** Whether an error is one of the connection, rather than of ours. */
export function isConnectionError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

/** Codes of OpenSSL, and of Node about what it says (nodejs.org, "X509 certificate error codes"). */
const distrust =
  /CERT|SIGNATURE|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|^ERR_SSL|^ERR_TLS|^ERR_OSSL|^EPROTO$/;

/** What a connection's error means, in words. */
export function lostBy(error: unknown): ClusterLost {
  if (!isConnectionError(error))
    return new ClusterLost(error instanceof Error ? error.message : String(error), { cause: error });
  if (distrust.test(error.code ?? '')) return new ClusterDistrusted(error.message, { cause: error });
  // Node names the system call that failed: nothing is sent before there is a connection.
  const unsent = error.syscall === 'connect' || error.syscall === 'getaddrinfo';
  return new (unsent ? ClusterUnreached : ClusterLost)(wordsFor(error), { cause: error });
}

function wordsFor({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens there';
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return 'the connection broke off';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'there is no such host';
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'it cannot be reached';
    default:
      return message;
  }
}
