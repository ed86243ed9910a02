import type { ConfirmOwner } from '../../model/ownership.ts';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { createSecureContext, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { WebSocket } from 'ws';
import type { ClusterConnection, Credentials } from '../access/cluster-connection.ts';
import { errorTextOf, jsonOf } from './response-body.ts';
import { ApiError, ClusterClosed, ClusterLost, errorOf, hasStatus, LoginFailed } from './api-error.ts';
import { toClusterLost } from './connection-error.ts';
import { onAbort } from '../../util/abort.ts';
import { isConnectionError } from '../../util/connection-failure.ts';
import { Deadline } from '../../util/deadline.ts';

export interface ClusterRequest {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** Default: `application/json`. */
  readonly contentType?: string;
  /** The forms of the response that the caller reads. Default: `application/json`. */
  readonly accept?: string;
  /** Cancels only the sending of a request that may have an effect; see `ClusterClient.json`. */
  readonly signal?: AbortSignal;
  /** The request changes nothing although its method could: a dry run, a review of permissions. */
  readonly harmless?: true;
  /** The timeout until the response begins, and for `json` until it ends. Default: 30 s. */
  readonly deadlineMs?: number;
}

const defaultDeadlineMs = 30_000;
/** Detects a cluster that vanished silently while nothing else is awaited on the connection. */
const keepAliveMs = 15_000;
/** Shorter than the idle timeout of servers and proxies. */
const idleMs = 45_000;
/** Idempotent methods that Slipway uses (RFC 9110, 9.2.2). */
const repeatable: ReadonlySet<string> = new Set(['GET', 'PUT', 'DELETE']);

/** Sends HTTP requests and WebSockets to one API server, with the kubeconfig's credentials. */
export class ClusterClient {
  readonly #base: URL;
  readonly #line: Line;

  constructor(
    readonly connection: ClusterConnection,
    line: Line = { closing: new AbortController() },
    /** See `whileOwned`. */
    readonly confirm: ConfirmOwner = () => undefined,
  ) {
    this.#line = line;

    this.#base = new URL(connection.server);
  }

  /**
   * Returns a client with the same connections. It calls `confirm` directly before each request that may change
   * something, and before each command in a pod.
   */
  whileOwned(confirm: ConfirmOwner): ClusterClient {
    return new ClusterClient(this.connection, this.#line, confirm);
  }

  /**
   * Returns a JSON response. Once a request that may have an effect is sent, only its deadline ends it, not
   * `request.signal`: without the response the caller could not undo the effect. The caller checks its signal
   * afterwards.
   */
  async json<T>(method: string, path: string, request: ClusterRequest = {}): Promise<T> {
    return (await this.exchange<T>(method, path, request)).body;
  }

  /** As `json`, with the HTTP status: 201 says that the request created the object. */
  async exchange<T>(
    method: string,
    path: string,
    request: ClusterRequest = {},
  ): Promise<{ readonly status: number; readonly body: T }> {
    using unsent = this.#deadline(request);
    const hasEffect = method !== 'GET' && request.harmless !== true;
    using own = hasEffect ? this.#deadline({ ...request, signal: undefined }) : undefined;
    const sent = own ?? unsent;
    try {
      const answer = await this.#answer(method, path, request, { unsent: unsent.signal, sent: sent.signal });
      return { status: answer.statusCode ?? 0, body: await jsonOf<T>(answer) };
    } catch (error) {
      throw explained(error, sent.signal);
    }
  }

  /** Returns a 2xx response whose body is still to be read. It ends early on the signal. */
  async open(method: string, path: string, request: ClusterRequest = {}): Promise<IncomingMessage> {
    const deadline = this.#deadline(request);
    try {
      const answer = await this.#answer(method, path, request, { unsent: deadline.signal, sent: deadline.signal });
      deadline.lift();
      answer.once('close', () => deadline[Symbol.dispose]());
      return answer;
    } catch (error) {
      deadline[Symbol.dispose]();
      throw explained(error, deadline.signal);
    }
  }

  /** Returns an open WebSocket with one of these protocols. It is paused: resume it to read. */
  async webSocket(
    path: string,
    query: URLSearchParams,
    protocols: readonly string[],
    signal?: AbortSignal,
  ): Promise<WebSocket> {
    using deadline = this.#deadline({ ...(signal && { signal }) });
    try {
      return await this.#loggedIn(
        deadline.signal,
        async (credentials) => await this.#connect(path, query, protocols, credentials, deadline.signal),
      );
    } catch (error) {
      throw explained(error, deadline.signal);
    }
  }

  close(): void {
    this.#line.closing.abort(new ClusterClosed());
    this.#line.connections?.agent.destroy();
  }

  #deadline({ deadlineMs = defaultDeadlineMs, signal }: RequestLimits): Deadline {
    return new Deadline(deadlineMs, () => new ClusterLost(`no response within ${Math.round(deadlineMs / 1_000)} s`), [
      signal,
      this.#line.closing.signal,
    ]);
  }

  async #answer(
    method: string,
    path: string,
    request: ClusterRequest,
    { unsent, sent }: RequestSignals,
  ): Promise<IncomingMessage> {
    return await this.#loggedIn(unsent, async (credentials) => {
      unsent.throwIfAborted();
      const answer = await this.#send(method, path, request, credentials, sent);
      if ((answer.statusCode ?? 0) >= 200 && (answer.statusCode ?? 0) < 300) return answer;
      throw errorOf(answer.statusCode ?? 0, await errorTextOf(answer));
    });
  }

  /** Renews rejected credentials once. */
  async #loggedIn<T>(signal: AbortSignal, act: (credentials: Credentials) => Promise<T>): Promise<T> {
    for (const renew of [false, true]) {
      signal.throwIfAborted();
      const credentials = await this.connection.login.credentials(renew, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        throw error;
      });
      if (typeof credentials === 'string') throw new LoginFailed(credentials);
      try {
        return await act(credentials);
      } catch (error) {
        if (renew || !hasStatus(error, 401)) throw error;
      }
    }
    throw new Error('unreachable');
  }

  async #send(
    method: string,
    path: string,
    { query, body, contentType, accept = 'application/json' }: ClusterRequest,
    credentials: Credentials,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const url = this.#url(path);
    for (const [key, value] of Object.entries(query ?? {}))
      if (value !== undefined) url.searchParams.set(key, String(value));
    const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const headers = {
      ...authorization(credentials),
      accept,
      ...(content && { 'content-type': contentType ?? 'application/json', 'content-length': content.length }),
    };
    const options = { method, headers, agent: this.#connectionsFor(credentials).agent };
    for (;;) {
      if (method !== 'GET') this.confirm();
      const sent = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options);
      const answered = new Promise<IncomingMessage>((resolve, reject) =>
        sent.once('response', resolve).on('error', reject),
      );
      // Not by the option `signal`: with that, Node throws an uncaught error if the response has ended, but is not read.
      const listener = onAbort(signal, () => sent.destroy());
      sent.once('close', () => listener[Symbol.dispose]());
      sent.end(content);
      try {
        return await answered;
      } catch (error) {
        // The server closed an idle connection just as the request was sent on it, so it never handled the request.
        const unread =
          sent.reusedSocket && repeatable.has(method) && isConnectionError(error) && error.code === 'ECONNRESET';
        if (!unread || signal.aborted) throw error;
      }
    }
  }

  async #connect(
    path: string,
    query: URLSearchParams,
    protocols: readonly string[],
    credentials: Credentials,
    signal: AbortSignal,
  ): Promise<WebSocket> {
    const { WebSocket } = await import('ws');
    const url = this.#url(path);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.search = query.toString();
    const connections = this.#connectionsFor(credentials);
    this.confirm();
    return await new Promise<WebSocket>((resolve, reject) => {
      const socket = new WebSocket(url, [...protocols], {
        headers: authorization(credentials),
        ...connections.tls,
        ...(connections.session && { session: connections.session }),
        perMessageDeflate: false,
        maxPayload: 0,
      });
      const settle = (settled: () => void) => {
        listener[Symbol.dispose]();
        socket.removeAllListeners();
        // Ignore errors after `terminate`.
        socket.on('error', () => undefined);
        settled();
      };
      socket.once('open', () => {
        // Buffer messages until there is a listener.
        socket.pause();
        settle(() => resolve(socket));
      });
      socket.once('upgrade', ({ socket: connection }) => {
        connection.setKeepAlive(true, keepAliveMs);
        // The next connection resumes the TLS session.
        if ('getSession' in connection) connections.session = (connection as TLSSocket).getSession();
      });
      socket.once('unexpected-response', (_, answer) => {
        errorTextOf(answer).then(
          (body) => settle(() => reject(refusedBy(answer.statusCode ?? 0, body))),
          (error: unknown) => settle(() => reject(toClusterLost(error))),
        );
      });
      // An error without a code is from `ws`: the response was not an upgrade.
      socket.once('error', (error) =>
        settle(() =>
          reject(
            isConnectionError(error) || signal.aborted
              ? toClusterLost(error)
              : new ApiError(101, `cannot open a WebSocket: ${error.message}`),
          ),
        ),
      );
      const listener = onAbort(signal, () => socket.terminate());
    });
  }

  #url(path: string): URL {
    const url = new URL(this.#base);
    url.pathname = `${this.#base.pathname.replace(/\/$/, '')}${path}`;
    return url;
  }

  /** Returns new connections for each client certificate: a connection is bound to one. */
  #connectionsFor(credentials: Credentials): Connections {
    const key = `${credentials.certificate ?? ''}\n${credentials.key ?? ''}`;
    if (this.#line.connections?.key !== key) {
      const common = { keepAlive: true, keepAliveMsecs: keepAliveMs, timeout: idleMs };
      if (this.#base.protocol !== 'https:') this.#line.connections = { key, tls: {}, agent: new HttpAgent(common) };
      else {
        const tls = this.#tls(credentials);
        this.#line.connections = { key, tls, agent: new HttpsAgent({ ...common, ...tls }) };
      }
    }
    return this.#line.connections;
  }

  #tls({ certificate, key }: Credentials): ConnectionOptions {
    const { authority, serverName, insecure } = this.connection;
    return {
      secureContext: createSecureContext({
        ...(authority !== undefined && { ca: authority }),
        ...(certificate !== undefined && { cert: certificate }),
        ...(key !== undefined && { key }),
      }),
      ...(serverName !== undefined && { servername: serverName }),
      ...(insecure && { rejectUnauthorized: false }),
    };
  }
}

interface RequestLimits {
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** The signals that end a request before it is sent, and after. */
interface RequestSignals {
  readonly unsent: AbortSignal;
  readonly sent: AbortSignal;
}

/** Shared by the clients of one cluster. */
interface Line {
  readonly closing: AbortController;
  connections?: Connections;
}

/** Shared by the connections of one login. */
interface Connections {
  readonly key: string;
  /** Parsed once: parsing certificates takes as long as the rest of a connection. */
  readonly tls: ConnectionOptions;
  /** For requests. WebSockets have connections of their own. */
  readonly agent: HttpAgent | HttpsAgent;
  /** The TLS session of the last WebSocket. */
  session?: Buffer | undefined;
}

function authorization({ token, username, password }: Credentials): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (username !== undefined)
    return { authorization: `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}` };
  return {};
}

/**
 * Returns the reason of the signal that ended the request, or the meaning of a connection error. Other errors are bugs.
 */
function explained(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  return isConnectionError(error) ? toClusterLost(error) : error;
}

/** A response in place of a WebSocket: the cluster's refusal, or that of a proxy without WebSockets. */
function refusedBy(status: number, body: string): ApiError {
  const error = errorOf(status, body);
  return error.reason === ''
    ? new ApiError(status, `cannot open a WebSocket (does a proxy block WebSockets?): ${error.said}`)
    : error;
}
