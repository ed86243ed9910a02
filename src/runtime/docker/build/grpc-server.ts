import {
  performServerHandshake,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';

/** Handles one call: returns the response for a request. Throws `GrpcError` to refuse. */
export type UnaryMethod = (request: Buffer) => Buffer | Promise<Buffer>;

/** Handles one call with streams in both directions. The call ends when it returns. Throws `GrpcError` to refuse. */
export interface StreamMethod {
  stream(call: StreamCall): Promise<void>;
}

export interface StreamCall {
  /** The metadata of the call. */
  readonly headers: IncomingHttpHeaders;
  /** Ends when the client sends no more. */
  readonly requests: AsyncIterable<Buffer>;
  /** Sends one response. Resolves when the client can take another. */
  send(response: Buffer): Promise<void>;
}

export type GrpcMethod = UnaryMethod | StreamMethod;

/** The gRPC status codes that are used (https://grpc.io/docs/guides/status-codes). */
export const grpcStatus = { unknown: 2, notFound: 5, unimplemented: 12 } as const;

export class GrpcError extends Error {
  override readonly name = 'GrpcError';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Serves gRPC calls over a connection, as a build session needs them. Refuses TLS and compression.
 * @param methods by path: `/package.Service/Method`
 */
export function serveGrpc(connection: Duplex, methods: ReadonlyMap<string, GrpcMethod>): ServerHttp2Session {
  const session = performServerHandshake(connection);
  session.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    const method = methods.get(headers[':path'] ?? '');
    void (typeof method === 'object' ? answerStream(stream, headers, method) : answerCall(stream, method));
  });
  // The client may close the connection during a call when its build ends.
  session.on('error', () => undefined);
  return session;
}

async function answerCall(stream: ServerHttp2Stream, method: UnaryMethod | undefined): Promise<void> {
  try {
    const request = await readMessage(stream);
    if (method === undefined) throw new GrpcError(grpcStatus.unimplemented, 'unknown method');
    respond(stream, await method(request));
  } catch (error) {
    // The client may have closed the stream already.
    if (stream.destroyed || stream.closed || stream.headersSent) return;
    stream.respond({ ...responseHeaders, ...statusOf(error) }, { endStream: true });
  }
}

async function answerStream(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  method: StreamMethod,
): Promise<void> {
  let status: Readonly<Record<string, string>> = { 'grpc-status': '0' };
  stream.on('wantTrailers', () => stream.sendTrailers(status));
  stream.respond(responseHeaders, { waitForTrailers: true });
  try {
    await method.stream({
      headers,
      requests: messagesOf(stream),
      async send(response) {
        if (stream.destroyed || stream.closed) throw new GrpcError(grpcStatus.unknown, 'the client ended the call');
        if (stream.write(framed(response))) return;
        const free = new AbortController();
        const { signal } = free;
        await Promise.race([once(stream, 'drain', { signal }), once(stream, 'close', { signal })]).finally(() =>
          free.abort(),
        );
      },
    });
  } catch (error) {
    status = statusOf(error);
  }
  if (!stream.destroyed && !stream.closed) stream.end();
}

const responseHeaders = { ':status': 200, 'content-type': 'application/grpc' } as const;

function statusOf(error: unknown): { 'grpc-status': string; 'grpc-message': string } {
  const [status, message] =
    error instanceof GrpcError ? [error.status, error.message] : [grpcStatus.unknown, String(error)];
  return { 'grpc-status': String(status), 'grpc-message': encodeURIComponent(message) };
}

function respond(stream: ServerHttp2Stream, message: Buffer): void {
  if (stream.destroyed || stream.closed) return;
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.respond(responseHeaders, { waitForTrailers: true });
  stream.end(framed(message));
}

/** A flag (compressed or not) and four bytes of length. */
const headLength = 5;

/** Adds gRPC's frame header. */
export function framed(message: Uint8Array): Buffer {
  const head = Buffer.alloc(headLength);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Returns the only message of a request; an empty one if there is none. */
async function readMessage(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  let request: Buffer | undefined;
  // Leaving the loop would destroy the stream.
  for await (const message of messagesOf(stream)) request ??= message;
  return request ?? Buffer.alloc(0);
}

/** Yields messages as soon as they are complete. */
async function* messagesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  let rest = Buffer.alloc(0);
  for await (const part of stream) {
    rest = Buffer.concat([rest, part]);
    while (rest.length >= headLength) {
      if (rest[0] !== 0) throw new GrpcError(grpcStatus.unimplemented, 'compressed messages are not supported');
      const end = headLength + rest.readUInt32BE(1);
      if (rest.length < end) break;
      yield rest.subarray(headLength, end);
      rest = rest.subarray(end);
    }
  }
}
