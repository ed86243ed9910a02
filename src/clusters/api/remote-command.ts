/**
 * Commands in containers over a WebSocket (`v5.channel.k8s.io`, KEP-4006): every message's first byte is its channel.
 * With v4, which older servers speak, the end of the input cannot be told.
 */
import type { WebSocket } from 'ws';
import type { ClusterClient } from './cluster-client.ts';
import { ClusterLost, type ApiStatus } from './api-error.ts';

const channel = { stdin: 0, stdout: 1, stderr: 2, status: 3, resize: 4, close: 255 } as const;
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const usualPingMs = 20_000;
/** So many pings without an answer, or anything else that is heard, and the connection is given up. */
const mostUnanswered = 2;
/**
 * While input may be on its way: the server reads no ping before the command has read what was sent ahead of it, which
 * it may do when it likes.
 */
const mostUnansweredBehindInput = 15;
/** Larger ones are cut: kubelets and proxies have limits of their own. */
const largestMessage = 128 * 1024;
/** So much may be on its way before the sender waits. */
const mostBuffered = 1024 * 1024;

export interface RemoteIo {
  readonly stdin?: AsyncIterable<Uint8Array>;
  stdout?(bytes: Uint8Array): void | Promise<void>;
  stderr?(bytes: Uint8Array): void | Promise<void>;
  readonly tty?: boolean;
  /**
   * How often the connection is tried while it is idle, which also keeps those in between from closing it. Default: 20
   * s.
   */
  readonly pingMs?: number;
  readonly signal: AbortSignal;
}

/** How a remote command ended: its exit code, or that it could not be run, in the platform's words. */
export type RemoteEnd = { readonly code: number } | { readonly refused: string };

export interface PodPlace {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/**
 * Runs a command in a running container. Throws `ApiError` and `ClusterLost`, and what the input or a reader of the
 * output throws; none of that, nor the signal, ends the command itself: it only finds its input ended.
 */
export async function remoteCommand(
  client: ClusterClient,
  place: PodPlace,
  argv: readonly string[],
  io: RemoteIo,
): Promise<RemoteEnd> {
  await using session = await openRemote(client, place, argv, io);
  return await session.end;
}

export interface RemoteSession extends AsyncDisposable {
  /** Rejects with `ClusterLost` where the connection broke before the end was told. */
  readonly end: Promise<RemoteEnd>;
  resize(size: { columns: number; rows: number }): void;
}

export async function openRemote(
  client: ClusterClient,
  place: PodPlace,
  argv: readonly string[],
  io: RemoteIo,
): Promise<RemoteSession> {
  const query = new URLSearchParams({
    container: place.container,
    stdout: 'true',
    stderr: String(io.tty !== true),
    stdin: String(io.stdin !== undefined),
    tty: String(io.tty === true),
  });
  for (const arg of argv) query.append('command', arg);
  const path = `/api/v1/namespaces/${place.namespace}/pods/${place.pod}/exec`;
  return new Session(await client.webSocket(path, query, protocols, io.signal), io);
}

class Session implements RemoteSession {
  readonly end: Promise<RemoteEnd>;
  readonly #closed: Promise<void>;
  #status: RemoteEnd | undefined;
  #failure: { readonly reason: unknown } | undefined;
  /** The end was told, or the connection is gone. */
  readonly #over: Promise<void>;
  #toldEnd!: () => void;
  /** Handlers run one after the other; while one is busy nothing more is read from the socket. */
  #handled: Promise<void> = Promise.resolve();
  #waiting = 0;
  #inputUnderWay = false;

  constructor(
    private readonly socket: WebSocket,
    private readonly io: RemoteIo,
  ) {
    this.#closed = new Promise((resolve) =>
      socket.readyState === socket.CLOSED ? resolve() : socket.once('close', () => resolve()),
    );
    this.#over = new Promise((resolve) => {
      this.#toldEnd = resolve;
      this.#closed.then(resolve, resolve);
    });
    const abort = () => this.#fail(io.signal.reason);
    io.signal.addEventListener('abort', abort, { once: true });
    const watchdog = this.#watch();
    socket.on('message', (message: Buffer) => this.#received(message));
    socket.on('error', (error) => this.#lost(new ClusterLost('the connection broke off', { cause: error })));
    this.end = this.#run().finally(() => {
      clearInterval(watchdog);
      io.signal.removeEventListener('abort', abort);
      socket.terminate();
    });
    // Whoever leaves early does not ask for it.
    this.end.catch(() => undefined);
    if (io.signal.aborted) abort();
    socket.resume();
    if (io.stdin) this.#send(io.stdin[Symbol.asyncIterator]()).catch((error: unknown) => this.#fail(error));
  }

  resize({ columns, rows }: { columns: number; rows: number }): void {
    if (this.socket.readyState === this.socket.OPEN)
      this.socket.send(framed(channel.resize, Buffer.from(JSON.stringify({ Width: columns, Height: rows }))));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.terminate();
    await this.#closed;
  }

  async #run(): Promise<RemoteEnd> {
    await this.#over;
    await this.#handled;
    // Output that was not taken is no output, whatever the command says.
    if (this.#failure !== undefined) throw this.#failure.reason;
    if (this.#status !== undefined) return this.#status;
    throw new ClusterLost('the connection broke off');
  }

  #received(message: Buffer): void {
    const bytes = message.subarray(1);
    switch (message[0]) {
      case channel.stdout:
        return this.#hand(bytes, this.io.stdout?.bind(this.io));
      case channel.stderr:
        return this.#hand(bytes, this.io.stderr?.bind(this.io));
      case channel.status:
        return this.#ended(bytes);
      default:
    }
  }

  /** Nothing comes after this: a server that forgets to hang up is not waited for. */
  #ended(status: Buffer): void {
    try {
      const end = endOf(status.toString('utf8'));
      if ('refused' in end && isUnreachable(end.refused)) return this.#lost(new ClusterLost(end.refused));
      this.#status = end;
      this.socket.close(1000);
      this.#toldEnd();
    } catch (error) {
      this.#lost(new ClusterLost('the end was told in words that are not understood', { cause: error }));
    }
  }

  #hand(bytes: Buffer, to: ((bytes: Uint8Array) => void | Promise<void>) | undefined): void {
    if (bytes.length === 0 || to === undefined) return;
    if (this.#waiting > 0) return this.#queue(async () => await to(bytes));
    try {
      const busy = to(bytes);
      if (busy instanceof Promise) this.#queue(async () => await busy);
    } catch (error) {
      this.#fail(error);
    }
  }

  #queue(handle: () => Promise<void>): void {
    if (this.#waiting++ === 0) this.socket.pause();
    this.#handled = this.#handled.then(async () => {
      try {
        if (this.#failure === undefined) await handle();
      } catch (error) {
        this.#fail(error);
      } finally {
        if (--this.#waiting === 0) this.socket.resume();
      }
    });
  }

  async #send(input: AsyncIterator<Uint8Array>): Promise<void> {
    // No race with its next part: each would keep what it gave until the connection closes.
    const letGo = () => void input.return?.().catch(() => undefined);
    this.#over.then(letGo, letGo);
    for (;;) {
      const next = await input.next();
      if (this.socket.readyState !== this.socket.OPEN) return;
      if (next.done === true) break;
      for (let at = 0; at < next.value.length; at += largestMessage)
        await this.#push(framed(channel.stdin, next.value.subarray(at, at + largestMessage)));
    }
    if (this.socket.protocol === protocols[0]) await this.#push(Buffer.from([channel.close, channel.stdin]));
  }

  /** Returns when there is room for more. */
  async #push(frame: Buffer): Promise<void> {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.#inputUnderWay = true;
    // What cannot be sent closes the socket, which says all.
    const sent = new Promise<void>((resolve) => this.socket.send(frame, () => resolve()));
    if (this.socket.bufferedAmount > mostBuffered) await sent;
  }

  #watch(): NodeJS.Timeout {
    let unanswered = 0;
    const answered = () => {
      unanswered = 0;
      this.#inputUnderWay = false;
    };
    this.socket.on('pong', answered);
    this.socket.on('message', answered);
    return setInterval(() => {
      // While we do not read, nobody can be heard.
      if (this.#waiting > 0) return answered();
      if (unanswered++ >= (this.#inputUnderWay ? mostUnansweredBehindInput : mostUnanswered))
        return this.#lost(new ClusterLost('the connection was silent'));
      if (this.socket.readyState === this.socket.OPEN) this.socket.ping();
    }, this.io.pingMs ?? usualPingMs);
  }

  /** Of no account once the end was told. */
  #lost(error: ClusterLost): void {
    if (this.#status === undefined) this.#fail(error);
  }

  #fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.socket.terminate();
  }
}

function framed(to: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([to]), bytes]);
}

/** What the status channel says: Success; NonZeroExitCode with the code as a cause; or why nothing was run. */
export function endOf(text: string): RemoteEnd {
  const status = JSON.parse(text) as ApiStatus & { status?: string };
  if (status.status === 'Success') return { code: 0 };
  const code = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  return code !== undefined && /^\d+$/.test(code) ? { code: Number(code) } : { refused: status.message ?? text };
}

/**
 * Whether it was the API server that did not get through to the node, which may pass: it tells so in the same place as
 * the node tells that it did not run the command. Words of the node's name its OCI runtime.
 */
function isUnreachable(refused: string): boolean {
  return (
    !/OCI runtime/.test(refused) &&
    /dial tcp|dial timeout|error dialing backend|connection refused|connection reset by peer|i\/o timeout|no route to host|TLS handshake timeout|No agent available|unexpected EOF/i.test(
      refused,
    )
  );
}
