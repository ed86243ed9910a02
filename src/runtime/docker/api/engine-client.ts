import type { ConfirmOwner } from '../../../model/ownership.ts';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../../model/clock.ts';
import { asEngineLost, EngineClosed, EngineError, EngineLost, ProcessGone, toEngineLost } from './engine-error.ts';
import type { EngineTransport } from './engine-transport.ts';
import { onAbort } from '../../../util/abort.ts';
import { Deadline } from '../../../util/deadline.ts';

export type QueryValue = string | number | boolean | object | undefined;

export interface EngineCall {
  /** Undefined values are left out. Objects are sent as JSON. */
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly json?: unknown;
  readonly tar?: AsyncIterable<Uint8Array>;
  /**
   * The response begins while the tar is still being sent, and is not a refusal: a build reports its progress from the
   * start.
   */
  readonly answersWhileSent?: true;
  /** A list becomes one header for each value. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly signal?: AbortSignal;
  /** Never retry: executing the request twice would do harm. */
  readonly once?: true;
  /**
   * The timeout until the response begins. The default suits calls that respond at once. `never`: only the signal ends
   * the call.
   */
  readonly deadlineMs?: number | 'never';
}

type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';

/** Long enough for an engine under load, so that only an engine that hangs is given up. */
const answerMs = 120_000;

/**
 * Calls the Docker API of one engine. Throws `EngineError` if the engine refuses, `EngineLost` if it does not respond,
 * and the signal's reason. Rethrows errors of a sent `tar` unchanged.
 */
export class EngineClient {
  readonly #transport: EngineTransport;
  readonly #clock: Clock;
  /** The prefix of every path, such as `/v1.41`. */
  readonly #prefix: string;
  readonly #line: { closed: boolean; readonly streams: Set<Duplex> };
  readonly #confirm: ConfirmOwner;

  constructor(
    transport: EngineTransport,
    clock: Clock,
    prefix: string,
    line: { closed: boolean; readonly streams: Set<Duplex> } = { closed: false, streams: new Set() },
    confirm: ConfirmOwner = () => undefined,
  ) {
    this.#transport = transport;
    this.#clock = clock;
    this.#prefix = prefix;
    this.#line = line;
    this.#confirm = confirm;
  }

  /** Returns a client with the same connections and another prefix. */
  speaking(prefix: string): EngineClient {
    return new EngineClient(this.#transport, this.#clock, prefix, this.#line, this.#confirm);
  }

  /**
   * Returns a client with the same connections. It calls `confirm` directly before each request that may change
   * something.
   */
  whileOwned(confirm: ConfirmOwner): EngineClient {
    return new EngineClient(this.#transport, this.#clock, this.#prefix, this.#line, confirm);
  }

  /** Returns a JSON response; `undefined` if it is empty. */
  async json<T>(method: Method, path: string, call: EngineCall = {}): Promise<T> {
    const answer = await this.open(method, path, call);
    return parseAnswer(await readAll(answer)) as T;
  }

  /** Returns a response as a stream. The caller must read or destroy it. */
  async open(method: Method, path: string, call: EngineCall = {}): Promise<IncomingMessage> {
    try {
      return await this.#openOnce(method, path, call);
    } catch (error) {
      // The engine notices the end of the process while it responds, so a second request does not meet it.
      if (!(error instanceof ProcessGone) || !reads(method)) throw error;
      return await this.#openOnce(method, path, call);
    }
  }

  async #openOnce(method: Method, path: string, call: EngineCall): Promise<IncomingMessage> {
    // A response may end before the request is sent. Its connection cannot be reused then.
    const { answer } = await this.#send(method, path, call, call.answersWhileSent ? 'single' : 'pooled');
    if ((answer.statusCode ?? 0) >= 400) throw await refusal(answer);
    return answer;
  }

  /** Returns a connection that has become a bidirectional stream. */
  async hijack(path: string, call: EngineCall = {}): Promise<Duplex> {
    const { answer, upgraded } = await this.#send(
      'POST',
      path,
      { ...call, headers: { Connection: 'Upgrade', Upgrade: 'tcp', ...call.headers } },
      'single',
    );
    if (upgraded) {
      this.#line.streams.add(upgraded);
      upgraded.once('close', () => this.#line.streams.delete(upgraded));
      return upgraded;
    }
    throw (answer.statusCode ?? 0) >= 400
      ? await refusal(answer)
      : new EngineLost('the engine did not upgrade the connection');
  }

  /** Closes all connections. Pending calls fail with `EngineLost`, and nothing keeps the process alive. */
  close(): void {
    this.#line.closed = true;
    for (const stream of this.#line.streams) stream.destroy();
    this.#transport.close();
  }

  async #send(
    method: Method,
    path: string,
    call: EngineCall,
    way: 'pooled' | 'single',
    again = false,
  ): Promise<Answered> {
    call.signal?.throwIfAborted();
    if (this.#line.closed) throw new EngineClosed();
    if (!reads(method)) this.#confirm();
    const body = call.json === undefined ? undefined : Buffer.from(JSON.stringify(call.json));
    const sent = this.#transport.request({
      ...this.#transport[way],
      method,
      path: this.#prefix + path + queryText(call.query ?? {}),
      headers: { ...call.headers, ...bodyHeaders(body, call.tar) },
    });
    try {
      return await this.#answerTo(sent, body, call);
    } catch (error) {
      // The engine had just closed the kept connection, so it did not handle the request.
      if (
        !again &&
        sent.reusedSocket &&
        call.tar === undefined &&
        !call.once &&
        error instanceof EngineLost &&
        !call.signal?.aborted
      )
        return await this.#send(method, path, call, way, true);
      throw error;
    }
  }

  async #answerTo(sent: ClientRequest, body: Buffer | undefined, call: EngineCall): Promise<Answered> {
    const { deadlineMs = answerMs } = call;
    using deadline = new Deadline(
      deadlineMs,
      () => new EngineLost(`the engine did not respond within ${Number(deadlineMs) / 1000} s`),
      [call.signal],
      this.#clock,
    );
    const { signal } = deadline;
    using _ended = onAbort(signal, () => sent.destroy());
    const reason = () => (signal.aborted ? asError(signal.reason) : undefined);
    const answered = new Promise<Answered>((resolve, reject) => {
      sent.once('response', (answer) => resolve({ answer }));
      sent.once('upgrade', (answer, socket, head) => {
        if (head.length > 0) socket.unshift(head);
        resolve({ answer, upgraded: socket });
      });
      sent.on('error', (error) => reject(reason() ?? toEngineLost(error)));
      sent.once('close', () => reject(reason() ?? new EngineLost('the engine closed the connection')));
    });
    // The rejection is handled below, also if sending fails first.
    answered.catch(() => undefined);
    try {
      // The engine prepares the container for the files while the first of them is read.
      if (call.tar) sent.flushHeaders();
      if (call.tar && call.answersWhileSent)
        sendParts(sent, call.tar, closed(sent)).catch((error: unknown) => sent.destroy(asError(error)));
      else if (call.tar) await sendParts(sent, call.tar, answered);
      else sent.end(body);
      const result = await answered;
      this.#followSignal(result, call.signal);
      return result;
    } catch (error) {
      sent.destroy();
      throw error;
    }
  }

  #followSignal({ answer, upgraded }: Answered, signal: AbortSignal | undefined): void {
    if (!signal) return;
    const stream = upgraded ?? answer;
    const listener = onAbort(signal, (reason) => stream.destroy(asError(reason)));
    stream.once('close', () => listener[Symbol.dispose]());
  }
}

function reads(method: Method): boolean {
  return method === 'GET' || method === 'HEAD';
}

interface Answered {
  readonly answer: IncomingMessage;
  readonly upgraded?: Duplex;
}

/** Reads the body of a response. */
export async function readAll(answer: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  try {
    for await (const part of answer) parts.push(part as Buffer);
  } catch (error) {
    throw asEngineLost(error);
  }
  return Buffer.concat(parts);
}

async function sendParts(
  sent: ClientRequest,
  tar: AsyncIterable<Uint8Array>,
  answered: Promise<unknown>,
): Promise<void> {
  let early = false;
  const settled = answered.then(
    () => void (early = true),
    () => void (early = true),
  );
  for await (const part of tar) {
    // An early response is a refusal, or the engine is gone, so do not read the rest of the tar.
    if (early) return;
    if (!sent.write(part)) await Promise.race([new Promise<void>((resolve) => sent.once('drain', resolve)), settled]);
  }
  sent.end();
}

async function closed(sent: ClientRequest): Promise<void> {
  await new Promise<void>((resolve) => sent.once('close', () => resolve()));
}

async function refusal(answer: IncomingMessage): Promise<EngineError | EngineLost> {
  const text = (await readAll(answer)).toString();
  let said = text.trim();
  try {
    const parsed = JSON.parse(text) as { message?: unknown };
    if (typeof parsed.message === 'string') said = parsed.message;
  } catch {
    // Proxies respond with HTML or plain text. Show that.
  }
  if (ProcessGone.isMeantBy(said)) return new ProcessGone(said);
  return new EngineError(
    answer.statusCode ?? 0,
    said === '' ? `HTTP ${answer.statusCode} ${answer.statusMessage}` : said,
    answer.headers,
  );
}

function parseAnswer(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    throw new EngineLost('the server is not an engine: its response is not JSON', { cause: error });
  }
}

function queryText(query: Readonly<Record<string, QueryValue>>): string {
  const parts = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        `${key}=${encodeURIComponent(typeof value === 'object' ? JSON.stringify(value) : String(value))}`,
    );
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

function bodyHeaders(body: Buffer | undefined, tar: unknown): Record<string, string> {
  if (tar !== undefined) return { 'Content-Type': 'application/x-tar' };
  return body === undefined
    ? { 'Content-Length': '0' }
    : { 'Content-Type': 'application/json', 'Content-Length': String(body.length) };
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
