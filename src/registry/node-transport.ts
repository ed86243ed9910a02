import { Agent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Agent as TlsAgent } from 'node:https';
import { onAbort } from '../util/abort.ts';
import type { HttpRequest, HttpResponse, HttpTransport } from './http-transport.ts';

/** Shorter than the idle timeout of servers and proxies. */
const idleMs = 45_000;
const pool = { keepAlive: true, timeout: idleMs };

/** Returns a transport over pooled connections. Loads TLS with the first request that needs it. */
export function nodeTransport(): HttpTransport {
  const plain = new Agent(pool);
  const secure = new Map<boolean, TlsAgent>();
  return {
    async send(request, signal) {
      signal.throwIfAborted();
      const options = { method: request.method, headers: request.headers };
      if (request.url.protocol === 'http:')
        return await exchange(httpRequest(request.url, { ...options, agent: plain }), request, signal);
      const { Agent: TlsPool, request: httpsRequest } = await import('node:https');
      const anyCertificate = request.anyCertificate === true;
      const agent = secure.get(anyCertificate) ?? new TlsPool({ ...pool, rejectUnauthorized: !anyCertificate });
      secure.set(anyCertificate, agent);
      return await exchange(httpsRequest(request.url, { ...options, agent }), request, signal);
    },
    close() {
      for (const agent of [plain, ...secure.values()]) agent.destroy();
    },
  };
}

async function exchange(sent: ClientRequest, { body }: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  const answered = new Promise<IncomingMessage>((resolve, reject) =>
    sent.once('response', resolve).on('error', reject),
  );
  // The rejection is handled below, also if sending fails first.
  answered.catch(() => undefined);
  // Not by the option `signal`: with that, Node throws an uncaught error if the response has ended, but is not read.
  const listener = onAbort(signal, () => sent.destroy());
  sent.once('close', () => listener[Symbol.dispose]());
  try {
    if (body === undefined || Buffer.isBuffer(body)) sent.end(body);
    else await sendParts(sent, body, answered);
    const answer = await answered;
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: answer };
  } catch (error) {
    sent.destroy();
    throw error;
  }
}

async function sendParts(
  sent: ClientRequest,
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  answered: Promise<IncomingMessage>,
): Promise<void> {
  let early = false;
  const settled = answered.then(
    (answer) => {
      early = true;
      // The connection still waits for the rest, so it cannot be reused.
      answer.once('close', () => sent.writableEnded || sent.destroy());
    },
    () => void (early = true),
  );
  for await (const part of parts) {
    // An early response is a refusal, or the connection broke: do not read the rest.
    if (early) return;
    if (!sent.write(part)) await Promise.race([new Promise<void>((resolve) => sent.once('drain', resolve)), settled]);
  }
  sent.end();
}
