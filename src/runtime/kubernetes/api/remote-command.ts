/**
 * Commands in containers over a WebSocket (`v5.channel.k8s.io`, KEP-4006): every message's first byte is its channel. With v4, which
 * older servers speak, the end of the input cannot be told.
 */
import type { WebSocket } from 'ws';
import type { ClusterClient } from './cluster-client.ts';
import { ClusterLost, type ApiStatus } from './api-error.ts';

const channel = { stdin: 0, stdout: 1, stderr: 2, status: 3, resize: 4, close: 255 } as const;
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
/** A connection on which nothing comes and nothing is answered is given up after two of these. */
const pingMs = 20_000;
/** Larger ones are cut: kubelets and proxies have limits of their own. */
const largestMessage = 128 * 1024;
/** So much may be on its way before the sender waits. */
const mostBuffered = 1024 * 1024;

export interface RemoteIo {
  readonly stdin?: AsyncIterable<Uint8Array>;
  stdout?(bytes: Uint8Array): void | Promise<void>;
  stderr?(bytes: Uint8Array): void | Promise<void>;
  readonly tty?: boolean;
  readonly signal: AbortSignal;
}

/** How a remote command ended: its exit code, or that it could not be run, in the platform's words. */
export type RemoteEnd = { readonly code: number } | { readonly refused: string };

export interface PodPlace {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** Runs a command in a running container. Throws `ApiError` and `ClusterLost`, and what the input throws. */
export async function remoteCommand(client: ClusterClient, place: PodPlace, argv: readonly string[], io: RemoteIo): Promise<RemoteEnd> {
  await using session = await openRemote(client, place, argv, io);
  return await session.end;
}

export interface RemoteSession extends AsyncDisposable {
  /** Rejects with `ClusterLost` where the connection broke before the end was told. */
  readonly end: Promise<RemoteEnd>;
  resize(size: { columns: number; rows: number }): void;
}

export async function openRemote(client: ClusterClient, place: PodPlace, argv: readonly string[], io: RemoteIo): Promise<RemoteSession> {
  const query = new URLSearchParams({ container: place.container, stdout: 'true', stderr: String(io.tty !== true), stdin: String(io.stdin !== undefined), tty: String(io.tty === true) });
  for (const arg of argv) query.append('command', arg);
  const path = `/api/v1/namespaces/${place.namespace}/pods/${place.pod}/exec`;
  return new Session(await client.webSocket(path, query, protocols, io.signal), io);
}

class Session implements RemoteSession {
  readonly end: Promise<RemoteEnd>;
  readonly #failed = new AbortController();
  readonly #closed: Promise<void>;
  #status: RemoteEnd | undefined;
  /** Handlers run one after the other; while they are busy nothing more is read from the socket. */
  #handled: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(
    private readonly socket: WebSocket,
    private readonly io: RemoteIo,
  ) {
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()));
    const abort = () => this.#fail(io.signal.reason);
    io.signal.addEventListener('abort', abort, { once: true });
    const watchdog = this.#watch();
    socket.on('message', (message: Buffer) => this.#received(message));
    socket.on('error', (error) => this.#fail(new ClusterLost('the connection broke off', { cause: error })));
    this.end = this.#run().finally(() => {
      clearInterval(watchdog);
      io.signal.removeEventListener('abort', abort);
      socket.terminate();
    });
    // Whoever leaves early does not ask for it.
    this.end.catch(() => undefined);
    if (io.signal.aborted) abort();
    socket.resume();
    if (io.stdin) this.#send(io.stdin).catch((error: unknown) => this.#fail(error));
  }

  resize({ columns, rows }: { columns: number; rows: number }): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(framed(channel.resize, Buffer.from(JSON.stringify({ Width: columns, Height: rows }))));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.terminate();
    await this.#closed;
  }

  async #run(): Promise<RemoteEnd> {
    await this.#closed;
    await this.#handled;
    if (this.#status !== undefined) return this.#status;
    if (this.#failed.signal.aborted) throw this.#failed.signal.reason;
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
        this.#status = endOf(bytes.toString('utf8'));
        // The server closes when it has said this; one that forgets to is not waited for.
        return this.socket.close(1000);
      default:
    }
  }

  #hand(bytes: Buffer, to: ((bytes: Uint8Array) => void | Promise<void>) | undefined): void {
    if (bytes.length === 0 || to === undefined) return;
    if (this.#waiting++ === 0) this.socket.pause();
    this.#handled = this.#handled.then(async () => {
      try {
        await to(bytes);
      } catch (error) {
        this.#fail(error);
      } finally {
        if (--this.#waiting === 0) this.socket.resume();
      }
    });
  }

  async #send(input: AsyncIterable<Uint8Array>): Promise<void> {
    const closed = this.#closed.then(() => 'closed' as const);
    const parts = input[Symbol.asyncIterator]();
    for (;;) {
      const next = await Promise.race([parts.next(), closed]);
      if (next === 'closed') return void parts.return?.().catch(() => undefined);
      if (next.done === true) break;
      for (let at = 0; at < next.value.length; at += largestMessage) {
        const sent = this.#sent(framed(channel.stdin, next.value.subarray(at, at + largestMessage)));
        if (this.socket.bufferedAmount > mostBuffered) await Promise.race([sent, closed]);
      }
    }
    if (this.socket.protocol === protocols[0]) await this.#sent(Buffer.from([channel.close, channel.stdin]));
  }

  async #sent(frame: Buffer): Promise<void> {
    if (this.socket.readyState !== this.socket.OPEN) return;
    // An error closes the socket, which says all.
    await new Promise<void>((resolve) => this.socket.send(frame, () => resolve()));
  }

  #watch(): NodeJS.Timeout {
    let answered = true;
    this.socket.on('pong', () => (answered = true));
    this.socket.on('message', () => (answered = true));
    return setInterval(() => {
      if (!answered && this.#waiting === 0) return this.#fail(new ClusterLost('the connection was silent'));
      answered = false;
      if (this.socket.readyState === this.socket.OPEN) this.socket.ping();
    }, pingMs);
  }

  #fail(reason: unknown): void {
    this.#failed.abort(reason);
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
  return code === undefined ? { refused: status.message ?? text } : { code: Number(code) };
}
