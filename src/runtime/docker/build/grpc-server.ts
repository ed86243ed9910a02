import { performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';

/** Handles one call: returns the response for a request. Throws `GrpcError` to refuse. */
export type UnaryMethod = (request: Buffer) => Buffer | Promise<Buffer>;

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
 * Serves unary gRPC calls over a connection, as a build session needs them. Refuses TLS, compression and streaming.
 * @param methods by path: `/package.Service/Method`
 */
export function serveGrpc(connection: Duplex, methods: ReadonlyMap<string, UnaryMethod>): ServerHttp2Session {
  const session = performServerHandshake(connection);
  session.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    void answerCall(stream, methods.get(headers[':path'] ?? ''));
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
    const [status, message] =
      error instanceof GrpcError ? [error.status, error.message] : [grpcStatus.unknown, String(error)];
    stream.respond(
      {
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-status': String(status),
        'grpc-message': encodeURIComponent(message),
      },
      { endStream: true },
    );
  }
}

function respond(stream: ServerHttp2Stream, message: Buffer): void {
  if (stream.destroyed || stream.closed) return;
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.end(framed(message));
}

/** Adds gRPC's frame header: a flag (compressed or not) and four bytes of length. */
export function framed(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

async function readMessage(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  const body = Buffer.concat(parts);
  if (body.length < 5) return Buffer.alloc(0);
  if (body[0] !== 0) throw new GrpcError(grpcStatus.unimplemented, 'compressed messages are not supported');
  return body.subarray(5, 5 + body.readUInt32BE(1));
}
