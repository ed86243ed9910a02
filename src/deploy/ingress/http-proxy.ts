import {
  Agent,
  createServer,
  request,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
  type ServerResponse,
} from 'node:http';
import { pipeline, type Duplex } from 'node:stream';
import { joinStreams } from '../../util/join-streams.ts';
import { requestTarget, type RequestTarget } from './match-route.ts';
import { requestHeaders, responseHeaders, withoutUpgrade } from './proxy-headers.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Answers a request without a backend. */
export interface Refusal {
  readonly status: 404 | 502;
  /** Plain text. */
  readonly text: string;
}

/**
 * Returns where a request goes. Never rejects.
 * @param refused this address did not accept a connection: look again
 */
export type FindBackend = (target: RequestTarget, refused?: Address) => Promise<Address | Refusal>;

export interface HttpProxy {
  /** Serves a connection until it ends. The caller may close it before. */
  readonly accept: (client: Duplex) => void;
}

/**
 * Passes HTTP/1 requests on to backends, and their responses back. Both bodies flow as fast as the slower side. Upgrades
 * (WebSockets) become connections. A client that goes away ends its request; a backend that breaks off breaks the
 * client's connection.
 */
export function httpProxy(find: FindBackend): HttpProxy {
  // A kept connection may close in the moment in which a request is sent, and not every request may be sent twice. On this
  // machine, a new connection costs nothing.
  const agent = new Agent({ keepAlive: false });
  // An upload may take its time.
  const server = createServer({ requestTimeout: 0 }, (incoming, response) => {
    void passOn(incoming, response, find, agent);
  });
  server.on('upgrade', (incoming, client, head) => {
    if (isTunnel(incoming)) void upgrade({ incoming, client, head }, find, agent);
    else {
      // Clients also offer HTTP/2 this way, with any request. It is served as if they had not.
      client.unshift(Buffer.concat([requestHead(incoming), head]));
      server.emit('connection', client);
      client.resume();
    }
  });
  return {
    accept: (client) => {
      server.emit('connection', client);
      client.resume();
    },
  };
}

async function passOn(
  incoming: IncomingMessage,
  response: ServerResponse,
  find: FindBackend,
  agent: Agent,
): Promise<void> {
  response.on('error', () => undefined);
  incoming.on('error', () => undefined);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const sent = await connected(incoming, { agent, signal: gone.signal }, find);
  if ('status' in sent) return refuse(response, sent);
  const { upstream, address } = sent;
  // The rest of a request that was answered early, or whose backend is gone, is read and dropped.
  upstream.once('close', () => incoming.unpipe(upstream).resume());
  incoming.pipe(upstream);
  try {
    const answer = await answered(upstream);
    response.sendDate = false;
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, [...responseHeaders(answer.rawHeaders)]);
    response.flushHeaders();
    answer.once('end', () => response.addTrailers(trailersOf(answer)));
    pipeline(answer, response, () => undefined);
  } catch (error) {
    upstream.destroy();
    refuse(response, noAnswer(address, error));
  }
}

interface UpgradeRequest {
  readonly incoming: IncomingMessage;
  readonly client: Duplex;
  /** What the client has sent after its request. */
  readonly head: Buffer;
}

async function upgrade({ incoming, client, head }: UpgradeRequest, find: FindBackend, agent: Agent): Promise<void> {
  const gone = new AbortController();
  const abort = () => gone.abort();
  client.once('close', abort).on('error', () => client.destroy());
  const sent = await connected(incoming, { agent, signal: gone.signal, allowHalfOpen: true }, find);
  if ('status' in sent) return refuseRaw(client, sent);
  const { upstream, address } = sent;
  const upgraded = new Promise<{ readonly answer: IncomingMessage; readonly far: Duplex; readonly first: Buffer }>(
    (resolve) => upstream.once('upgrade', (answer, far, first) => resolve({ answer, far, first })),
  );
  upstream.end();
  try {
    const end = await Promise.race([upgraded, answered(upstream)]);
    if ('far' in end) {
      client.write(responseHead(end.answer, end.answer.rawHeaders));
      if (end.first.length > 0) end.far.unshift(end.first);
      if (head.length > 0) client.unshift(head);
      // What it has sent before it closes still gets to the backend.
      client.off('close', abort);
      return joinStreams(client, end.far);
    }
    client.write(responseHead(end, [...responseHeaders(end.rawHeaders), 'Connection', 'close']));
    pipeline(end, client, () => client.destroy());
  } catch (error) {
    upstream.destroy();
    refuseRaw(client, noAnswer(address, error));
  }
}

interface Sent {
  readonly upstream: ClientRequest;
  readonly address: Address;
}

/** Connects to the backend of a request, once more if it refuses. Nothing of the body is read before. */
async function connected(
  incoming: IncomingMessage,
  options: RequestOptions & { readonly allowHalfOpen?: boolean },
  find: FindBackend,
): Promise<Sent | Refusal> {
  const { pathAndQuery, ...target } = requestTarget(incoming.url ?? '/', incoming.headers.host);
  const { method = 'GET', rawHeaders, socket } = incoming;
  const { upgrade: protocol } = incoming.headers;
  const isUpgrade = options.allowHalfOpen === true && protocol !== undefined;
  const passed = { method, rawHeaders, from: socket.remoteAddress ?? '127.0.0.1' };
  let refused: Address | undefined;
  for (;;) {
    const address = await find(target, refused);
    if ('status' in address) return address;
    try {
      const host = `${address.host}:${address.port}`;
      const headers = requestHeaders({ ...passed, host, ...(isUpgrade && { upgrade: protocol }) });
      const upstream = request({ ...options, ...address, method, path: pathAndQuery, headers: [...headers] });
      // Every other listener gets the error, too.
      upstream.on('error', () => undefined);
      await connection(upstream);
      return { upstream, address };
    } catch (error) {
      if (refused || (error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') return noAnswer(address, error);
      refused = address;
    }
  }
}

async function connection(upstream: ClientRequest): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    upstream.once('error', reject);
    upstream.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', resolve);
      else resolve();
    });
  });
}

async function answered(upstream: ClientRequest): Promise<IncomingMessage> {
  return await new Promise<IncomingMessage>((resolve, reject) => {
    upstream.once('response', resolve);
    upstream.once('error', reject);
  });
}

/** Reports whether a request changes to a protocol of its own, such as WebSocket. */
function isTunnel({ headers }: IncomingMessage): boolean {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return !hasBody && headers.upgrade?.toLowerCase() !== 'h2c';
}

function requestHead({ method = '', url = '', httpVersion, rawHeaders }: IncomingMessage): Buffer {
  return headBytes(`${method} ${url} HTTP/${httpVersion}`, withoutUpgrade(rawHeaders));
}

function responseHead({ statusCode, statusMessage = '' }: IncomingMessage, headers: readonly string[]): Buffer {
  return headBytes(`HTTP/1.1 ${statusCode} ${statusMessage}`, headers);
}

function headBytes(first: string, headers: readonly string[]): Buffer {
  const lines = headers.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${headers[i + 1]}`] : []));
  return Buffer.from(`${[first, ...lines].join('\r\n')}\r\n\r\n`, 'latin1');
}

function trailersOf({ rawTrailers }: IncomingMessage): [string, string][] {
  return rawTrailers.flatMap((name, i): [string, string][] => (i % 2 === 0 ? [[name, rawTrailers[i + 1] ?? '']] : []));
}

function noAnswer({ host, port }: Address, error: unknown): Refusal {
  const why = error instanceof Error ? error.message : String(error);
  return { status: 502, text: `the backend at ${host}:${port} did not answer: ${why}\n` };
}

const plain = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };

function refuse(response: ServerResponse, { status, text }: Refusal): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(status, { ...plain, 'Content-Length': Buffer.byteLength(text) }).end(text);
}

function refuseRaw(client: Duplex, { status, text }: Refusal): void {
  const reason = status === 404 ? 'Not Found' : 'Bad Gateway';
  const headers = { ...plain, 'Content-Length': `${Buffer.byteLength(text)}`, Connection: 'close' };
  const answer = Buffer.concat([
    headBytes(`HTTP/1.1 ${status} ${reason}`, Object.entries(headers).flat()),
    Buffer.from(text),
  ]);
  client.end(answer, () => client.destroy());
}
