/** Sends single HTTP requests. The client of registries adds the rest: credentials, redirects, retries. */
export interface HttpTransport {
  /**
   * Rejects with the system's error if the connection fails, and after an abort of the signal. The body may reject
   * too.
   */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>;
  close(): void;
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /** Accepts every certificate. */
  readonly anyCertificate?: boolean;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The caller must read or close it. */
  readonly body: AsyncIterable<Uint8Array>;
}
