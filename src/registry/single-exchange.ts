import { connectionFailure, isConnectionError } from '../util/connection-failure.ts';
import { readAtMost } from '../util/read-at-most.ts';
import type { HttpRequest, HttpTransport } from './http-transport.ts';
import { isLoopback } from './registry-address.ts';
import { RegistryError } from './registry-failure.ts';

export interface SentRequest {
  readonly method: HttpRequest['method'];
  readonly url: URL;
  /** `authorization` goes to the host of `url` only. */
  readonly headers: Readonly<Record<string, string>>;
  /** Called once for each request that is sent. */
  readonly body?: () => NonNullable<HttpRequest['body']>;
  /** The most that a successful response may have. */
  readonly mostBytes: number;
  /** The host whose certificate is not checked. */
  readonly uncheckedHost?: string | undefined;
}

export interface ReceivedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** Where the response is from. */
  readonly url: URL;
}

/** For errors. Proxies send whole web pages. */
const mostErrorBytes = 64 * 1024;
const mostRedirects = 5;

/**
 * Sends a request, follows redirects and reads the response. Throws `RegistryError` if the connection fails or the
 * response is too large, and the reason of the signal.
 */
export async function exchange(
  transport: HttpTransport,
  request: SentRequest,
  signal: AbortSignal,
): Promise<ReceivedResponse> {
  let { url, headers } = request;
  for (let redirects = 0; ; redirects++) {
    const response = await sendOnce(transport, { ...request, url, headers }, signal);
    const next = redirectOf(request.method, response);
    if (next === undefined) return response;
    if (redirects === mostRedirects)
      throw new RegistryError('invalid-response', `${request.url.host} redirects more than ${mostRedirects} times`);
    if (url.protocol === 'https:' && next.protocol !== 'https:' && !isLoopback(next.hostname))
      throw new RegistryError('invalid-response', `${url.host} redirects from HTTPS to ${next.host} without TLS`);
    if (next.host !== url.host) headers = withoutAuthorization(headers);
    url = next;
  }
}

async function sendOnce(
  transport: HttpTransport,
  { method, url, headers, body, mostBytes, uncheckedHost }: SentRequest,
  signal: AbortSignal,
): Promise<ReceivedResponse> {
  try {
    const response = await transport.send(
      {
        method,
        url,
        headers,
        ...(body !== undefined && { body: body() }),
        ...(uncheckedHost === url.host && { anyCertificate: true }),
      },
      signal,
    );
    const failed = response.status >= 300;
    const { bytes, whole } = await readAtMost(response.body, failed ? mostErrorBytes : mostBytes);
    if (!whole && !failed)
      throw new RegistryError('too-large', `the response of ${url.host} is larger than ${mebibytes(mostBytes)}`);
    return { status: response.status, headers: response.headers, body: bytes, url };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RegistryError) throw error;
    throw isConnectionError(error) ? connectionError(error, url.host) : error;
  }
}

function connectionError(error: NodeJS.ErrnoException, host: string): RegistryError {
  const { kind, what } = connectionFailure(error);
  if (kind === 'untrusted')
    return new RegistryError('untrusted', `no trusted connection to ${host}: ${what}`, { cause: error });
  const passes = kind === 'lost' || error.code === 'EAI_AGAIN';
  return new RegistryError('unreachable', `cannot reach ${host}: ${what}`, { passes, cause: error });
}

/**
 * Returns where a response redirects to. Requests with effects are repeated only if the status says so (RFC 9110,
 * 15.4).
 */
function redirectOf(method: HttpRequest['method'], { status, headers, url }: ReceivedResponse): URL | undefined {
  const reads = method === 'GET' || method === 'HEAD';
  if (!(status === 307 || status === 308 || (reads && (status === 301 || status === 302 || status === 303))))
    return undefined;
  const location = headerOf(headers, 'location');
  const next = location !== undefined && URL.canParse(location, url.href) ? new URL(location, url) : undefined;
  return next?.protocol === 'http:' || next?.protocol === 'https:' ? next : undefined;
}

/** Returns a header that occurs once. */
export function headerOf(headers: ReceivedResponse['headers'], name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function withoutAuthorization(headers: SentRequest['headers']): SentRequest['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization'));
}

export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
