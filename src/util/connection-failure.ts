/** What is wrong with a connection. */
export interface ConnectionFailure {
  /**
   * `untrusted`: the certificate is not trusted, or the two sides do not agree on TLS. `unsent`: there was no
   * connection, so the request was never sent. `lost`: the request may have been received.
   */
  readonly kind: 'untrusted' | 'unsent' | 'lost';
  /** A few words: `connection refused`. */
  readonly what: string;
}

/** Reports whether an error is from a connection, not a bug. */
export function isConnectionError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

/** Error codes of OpenSSL and Node about certificates (nodejs.org, "X509 certificate error codes"). */
const distrust =
  /CERT|SIGNATURE|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|^ERR_SSL|^ERR_TLS|^ERR_OSSL|^EPROTO$/;

/** Returns the meaning of a connection error. */
export function connectionFailure(error: NodeJS.ErrnoException): ConnectionFailure {
  if (distrust.test(error.code ?? '')) return { kind: 'untrusted', what: error.message };
  // Node names the failed system call. Nothing is sent before the connection exists.
  const unsent = error.syscall === 'connect' || error.syscall === 'getaddrinfo';
  return { kind: unsent ? 'unsent' : 'lost', what: wordsFor(error) };
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
