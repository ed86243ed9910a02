import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import type { WebSocket } from 'ws';
import type { ClusterConnection, Credentials } from '../access/cluster-connection.ts';
import { ApiError, ClusterClosed, ClusterLost, errorOf, hasStatus, LoginFailed } from './api-error.ts';

export interface ClusterRequest {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** Default: `application/json`. */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  /** Until the answer begins, and for `json` until it has ended. Default: 30 s. */
  readonly deadlineMs?: number;
}

const defaultDeadlineMs = 30_000;
/** A cluster that went away without a word is noticed by this, where nothing else is awaited on the connection. */
const keepAliveMs = 15_000;

/** HTTP and WebSockets to one API server, with whatever login its kubeconfig has. */
export class ClusterClient {
  readonly #base: URL;
  readonly #closing = new AbortController();
  #agent: { readonly key: string; readonly agent: HttpAgent | HttpsAgent } | undefined;

  constructor(readonly connection: ClusterConnection) {
    this.#base = new URL(connection.server);
  }

  /** A JSON answer. */
  async json<T>(method: string, path: string, request: ClusterRequest = {}): Promise<T> {
    const deadline = new Deadline(request, this.#closing.signal);
    try {
      const answer = await this.#answer(method, path, request, deadline.signal);
      return JSON.parse(await text(answer)) as T;
    } catch (error) {
      throw deadline.explained(error);
    } finally {
      deadline.end();
    }
  }

  /** An answer of 2xx whose body is still to be read; it ends early with the signal. */
  async open(method: string, path: string, request: ClusterRequest = {}): Promise<IncomingMessage> {
    const deadline = new Deadline(request, this.#closing.signal);
    try {
      const answer = await this.#answer(method, path, request, deadline.signal);
      deadline.begun();
      answer.once('close', () => deadline.end());
      return answer;
    } catch (error) {
      deadline.end();
      throw deadline.explained(error);
    }
  }

  /** An open WebSocket that speaks one of these protocols. */
  async webSocket(path: string, query: URLSearchParams, protocols: readonly string[], signal?: AbortSignal): Promise<WebSocket> {
    const deadline = new Deadline({ ...(signal && { signal }) }, this.#closing.signal);
    try {
      return await this.#loggedIn(deadline.signal, async (credentials) => await this.#connect(path, query, protocols, credentials, deadline.signal));
    } catch (error) {
      throw deadline.explained(error);
    } finally {
      deadline.end();
    }
  }

  close(): void {
    this.#closing.abort(new ClusterClosed());
    this.#agent?.agent.destroy();
  }

  async #answer(method: string, path: string, request: ClusterRequest, signal: AbortSignal): Promise<IncomingMessage> {
    return await this.#loggedIn(signal, async (credentials) => {
      const answer = await this.#send(method, path, request, credentials, signal);
      if ((answer.statusCode ?? 0) >= 200 && (answer.statusCode ?? 0) < 300) return answer;
      throw errorOf(answer.statusCode ?? 0, await text(answer));
    });
  }

  /** A login that is not accepted any more is had anew, once. */
  async #loggedIn<T>(signal: AbortSignal, act: (credentials: Credentials) => Promise<T>): Promise<T> {
    for (const renew of [false, true]) {
      signal.throwIfAborted();
      const credentials = await this.connection.login.credentials(renew, signal);
      if (typeof credentials === 'string') throw new LoginFailed(credentials);
      try {
        return await act(credentials);
      } catch (error) {
        if (renew || !hasStatus(error, 401)) throw error;
      }
    }
    throw new Error('unreachable');
  }

  async #send(method: string, path: string, { query, body, contentType }: ClusterRequest, credentials: Credentials, signal: AbortSignal): Promise<IncomingMessage> {
    const url = this.#url(path);
    for (const [key, value] of Object.entries(query ?? {})) if (value !== undefined) url.searchParams.set(key, String(value));
    const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const headers = {
      ...authorization(credentials),
      accept: 'application/json',
      ...(content && { 'content-type': contentType ?? 'application/json', 'content-length': content.length }),
    };
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    return await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = send(url, { method, headers, agent: this.#agentFor(credentials), signal }, resolve);
      sent.once('error', (error) => reject(signal.aborted ? error : new ClusterLost(readable(error), { cause: error })));
      sent.end(content);
    });
  }

  async #connect(path: string, query: URLSearchParams, protocols: readonly string[], credentials: Credentials, signal: AbortSignal): Promise<WebSocket> {
    const { WebSocket } = await import('ws');
    const url = this.#url(path);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.search = query.toString();
    return await new Promise<WebSocket>((resolve, reject) => {
      const socket = new WebSocket(url, [...protocols], { headers: authorization(credentials), ...this.#tls(credentials), perMessageDeflate: false, maxPayload: 0 });
      const stop = () => socket.terminate();
      signal.addEventListener('abort', stop, { once: true });
      const settle = (settled: () => void) => {
        signal.removeEventListener('abort', stop);
        socket.removeAllListeners();
        // One that is heard of after it was terminated is of no use to anybody.
        socket.on('error', () => undefined);
        settled();
      };
      socket.once('open', () => {
        // What comes is kept until somebody listens.
        socket.pause();
        settle(() => resolve(socket));
      });
      socket.once('unexpected-response', (_, answer) => {
        text(answer).then(
          (body) => settle(() => reject(errorOf(answer.statusCode ?? 0, body))),
          (error: unknown) => settle(() => reject(new ClusterLost(readable(error), { cause: error }))),
        );
      });
      socket.once('error', (error) => settle(() => reject(signal.aborted ? (signal.reason as Error) : new ClusterLost(readable(error), { cause: error }))));
      if (signal.aborted) stop();
    });
  }

  #url(path: string): URL {
    const url = new URL(this.#base);
    url.pathname = `${this.#base.pathname.replace(/\/$/, '')}${path}`;
    return url;
  }

  /** One for each client certificate: a connection is made with it, so a renewed one needs new connections. */
  #agentFor(credentials: Credentials): HttpAgent | HttpsAgent {
    const key = `${credentials.certificate ?? ''}\n${credentials.key ?? ''}`;
    if (this.#agent?.key !== key) {
      const common = { keepAlive: true, keepAliveMsecs: keepAliveMs };
      this.#agent = { key, agent: this.#base.protocol === 'https:' ? new HttpsAgent({ ...common, ...this.#tls(credentials) }) : new HttpAgent(common) };
    }
    return this.#agent.agent;
  }

  #tls(credentials: Credentials): Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'> {
    const { authority, serverName, insecure } = this.connection;
    return {
      ...(authority !== undefined && { ca: authority }),
      ...(serverName !== undefined && { servername: serverName }),
      ...(insecure && { rejectUnauthorized: false }),
      ...(credentials.certificate !== undefined && { cert: credentials.certificate }),
      ...(credentials.key !== undefined && { key: credentials.key }),
    };
  }
}

function authorization({ token, username, password }: Credentials): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (username !== undefined) return { authorization: `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}` };
  return {};
}

/** One request's limits: what the caller says, how long it may take, and that the client is closed. */
class Deadline {
  readonly #late = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly signal: AbortSignal;

  constructor(
    private readonly request: ClusterRequest,
    private readonly closing: AbortSignal,
  ) {
    const ms = request.deadlineMs ?? defaultDeadlineMs;
    this.#timer = setTimeout(() => this.#late.abort(new ClusterLost(`no answer within ${Math.round(ms / 1_000)} s`)), ms);
    this.signal = AbortSignal.any([this.#late.signal, closing, ...(request.signal ? [request.signal] : [])]);
  }

  begun(): void {
    clearTimeout(this.#timer);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  /** The caller's own reason first. */
  explained(error: unknown): unknown {
    if (this.request.signal?.aborted) return this.request.signal.reason as Error;
    if (this.closing.aborted) return this.closing.reason as Error;
    if (this.#late.signal.aborted) return this.#late.signal.reason as Error;
    if (error instanceof ApiError || error instanceof ClusterLost || error instanceof LoginFailed) return error;
    return isConnectionError(error) ? new ClusterLost(readable(error), { cause: error }) : error;
  }
}

/** Whether an error is one of the connection, rather than of ours. */
export function isConnectionError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

function readable(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens there';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'the connection broke off';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'there is no such host';
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'it cannot be reached';
    default:
      return error.message;
  }
}
