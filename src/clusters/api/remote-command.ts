/**
 * Runs commands in containers over a WebSocket (`v5.channel.k8s.io`, KEP-4006). The first byte of each message is its
 * channel. v4, which older servers use, cannot signal the end of the input.
 */
import type { WebSocket } from 'ws';
import type { ClusterClient } from './cluster-client.ts';
import { ClusterLost, type ApiStatus } from './api-error.ts';
import { onAbort } from '../../util/abort.ts';

const channel = { stdin: 0, stdout: 1, stderr: 2, status: 3, resize: 4, close: 255 } as const;
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const usualPingMs = 20_000;
/** After this many pings without any message in response, the connection is given up. */
const mostUnanswered = 2;
/**
 * The limit while input may be buffered. The server reads a ping only after the command has read the input before it.
 */
const mostUnansweredBehindInput = 15;
/** Larger messages are split: kubelets and proxies have limits. */
const largestMessage = 128 * 1024;
/** The sender waits while more than this is buffered. */
const mostBuffered = 1024 * 1024;

export interface RemoteIo {
  readonly stdin?: AsyncIterable<Uint8Array>;
  stdout?(bytes: Uint8Array): void | Promise<void>;
  stderr?(bytes: Uint8Array): void | Promise<void>;
  readonly tty?: boolean;
  /** The interval of pings while idle. They also keep proxies from closing the connection. Default: 20 s. */
  readonly pingMs?: number;
  readonly signal: AbortSignal;
}

/** How a remote command ended: its exit code, or the platform's reason why it did not run. */
export type RemoteEnd = { readonly code: number } | { readonly refused: string };

export interface PodPlace {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/**
 * Runs a command in a running container. Throws `ApiError` and `ClusterLost`, and the errors of the input and of the
 * output's readers. Neither an error nor the signal ends the command itself: it only sees the end of its input.
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
  /** Rejects with `ClusterLost` if the connection broke before the end was reported. */
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
  /** Resolves when the end was reported or the connection is gone. */
  readonly #over: Promise<void>;
  #toldEnd!: () => void;
  /** Handlers run in turn. The socket is paused while one is busy. */
  #handled: Promise<void> = Promise.resolve();
  #waiting = 0;
  #inputUnderWay = false;
  readonly #socket: WebSocket;
  readonly #io: RemoteIo;

  constructor(socket: WebSocket, io: RemoteIo) {
    this.#socket = socket;
    this.#io = io;
    this.#closed = new Promise((resolve) =>
      socket.readyState === socket.CLOSED ? resolve() : socket.once('close', () => resolve()),
    );
    this.#over = new Promise((resolve) => {
      this.#toldEnd = resolve;
      this.#closed.then(resolve, resolve);
    });
    const watchdog = this.#watch();
    socket.on('message', (message: Buffer) => this.#received(message));
    socket.on('error', (error) => this.#lost(new ClusterLost('the connection broke', { cause: error })));
    this.end = this.#run().finally(() => {
      clearInterval(watchdog);
      listener[Symbol.dispose]();
      socket.terminate();
    });
    // A caller that leaves early does not read this promise.
    this.end.catch(() => undefined);
    const listener = onAbort(io.signal, (reason) => this.#fail(reason));
    socket.resume();
    if (io.stdin) this.#send(io.stdin[Symbol.asyncIterator]()).catch((error: unknown) => this.#fail(error));
  }

  resize({ columns, rows }: { columns: number; rows: number }): void {
    if (this.#socket.readyState === this.#socket.OPEN)
      this.#socket.send(framed(channel.resize, Buffer.from(JSON.stringify({ Width: columns, Height: rows }))));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.terminate();
    await this.#closed;
  }

  async #run(): Promise<RemoteEnd> {
    await this.#over;
    await this.#handled;
    // A reader of the output failed, so the result does not count.
    if (this.#failure !== undefined) throw this.#failure.reason;
    if (this.#status !== undefined) return this.#status;
    throw new ClusterLost('the connection broke');
  }

  #received(message: Buffer): void {
    const bytes = message.subarray(1);
    switch (message[0]) {
      case channel.stdout:
        return this.#hand(bytes, this.#io.stdout?.bind(this.#io));
      case channel.stderr:
        return this.#hand(bytes, this.#io.stderr?.bind(this.#io));
      case channel.status:
        return this.#ended(bytes);
      default:
    }
  }

  /** Handles the last message. Does not wait for the server to close the connection. */
  #ended(status: Buffer): void {
    try {
      const end = endOf(status.toString('utf8'));
      if ('refused' in end && isUnreachable(end.refused)) return this.#lost(new ClusterLost(end.refused));
      this.#status = end;
      this.#socket.close(1000);
      this.#toldEnd();
    } catch (error) {
      this.#lost(new ClusterLost('the cluster reported the end of the command in an unknown format', { cause: error }));
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
    if (this.#waiting++ === 0) this.#socket.pause();
    this.#handled = this.#handled.then(async () => {
      try {
        if (this.#failure === undefined) await handle();
      } catch (error) {
        this.#fail(error);
      } finally {
        if (--this.#waiting === 0) this.#socket.resume();
      }
    });
  }

  async #send(input: AsyncIterator<Uint8Array>): Promise<void> {
    // Do not race with the input's next chunk: each race would keep its result until the connection closes.
    const letGo = () => void input.return?.().catch(() => undefined);
    this.#over.then(letGo, letGo);
    for (;;) {
      const next = await input.next();
      if (this.#socket.readyState !== this.#socket.OPEN) return;
      if (next.done === true) break;
      for (let at = 0; at < next.value.length; at += largestMessage)
        await this.#push(framed(channel.stdin, next.value.subarray(at, at + largestMessage)));
    }
    if (this.#socket.protocol === protocols[0]) await this.#push(Buffer.from([channel.close, channel.stdin]));
  }

  /** Resolves when there is room for more. */
  async #push(frame: Buffer): Promise<void> {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#inputUnderWay = true;
    // A send that fails closes the socket, and the close handler reports it.
    const sent = new Promise<void>((resolve) => this.#socket.send(frame, () => resolve()));
    if (this.#socket.bufferedAmount > mostBuffered) await sent;
  }

  #watch(): NodeJS.Timeout {
    let unanswered = 0;
    const answered = () => {
      unanswered = 0;
      this.#inputUnderWay = false;
    };
    this.#socket.on('pong', answered);
    this.#socket.on('message', answered);
    return setInterval(() => {
      // The socket is paused, so no response can arrive.
      if (this.#waiting > 0) return answered();
      if (unanswered++ >= (this.#inputUnderWay ? mostUnansweredBehindInput : mostUnanswered))
        return this.#lost(new ClusterLost('the connection timed out'));
      if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
    }, this.#io.pingMs ?? usualPingMs);
  }

  /** Ignored once the end was reported. */
  #lost(error: ClusterLost): void {
    if (this.#status === undefined) this.#fail(error);
  }

  #fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.#socket.terminate();
  }
}

function framed(to: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([to]), bytes]);
}

/** Parses the status channel: Success, NonZeroExitCode with the code as a cause, or why nothing was run. */
export function endOf(text: string): RemoteEnd {
  const status = JSON.parse(text) as ApiStatus & { status?: string };
  if (status.status === 'Success') return { code: 0 };
  const code = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  return code !== undefined && /^\d+$/.test(code) ? { code: Number(code) } : { refused: status.message ?? text };
}

/**
 * Reports whether the API server could not reach the node, which may pass. The same message also reports that the node
 * did not run the command. The node's messages name its OCI runtime.
 */
function isUnreachable(refused: string): boolean {
  return (
    !/OCI runtime/.test(refused) &&
    /dial tcp|dial timeout|error dialing backend|connection refused|connection reset by peer|i\/o timeout|no route to host|TLS handshake timeout|No agent available|unexpected EOF/i.test(
      refused,
    )
  );
}
