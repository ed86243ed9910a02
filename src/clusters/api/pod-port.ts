/**
 * Connects to a port of a pod over a WebSocket of its own (`portforward`, `v4.channel.k8s.io`). Channel 0 carries the
 * bytes, channel 1 the error of the node.
 */
import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { ClusterLost } from './api-error.ts';
import type { ClusterClient } from './cluster-client.ts';

const protocols = ['v4.channel.k8s.io'];
const channel = { data: 0, error: 1 } as const;
/** Each channel starts with the port number. */
const portBytes = 2;
/**
 * How long the pod may be silent after the end of our output. The protocol has no end of one direction, so the
 * connection is closed then. The time in which nobody reads the answer does not count.
 */
const usualLingerMs = 2_000;
/** The close code of a connection that ended well (RFC 6455, 7.4.1), and of one that the server closed without a code. */
const ended: ReadonlySet<number> = new Set([1000, 1005]);

export interface PortPlace {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** The node could not connect to the port of the pod, or the connection broke. The text is the node's. */
export class PodPortRefused extends Error {
  override readonly name = 'PodPortRefused';
}

/**
 * Connects to a port of a pod. Throws `ApiError` and `ClusterLost` if there is no connection to the node. The stream
 * fails with `PodPortRefused`, at first if nothing listens on the port, and with `ClusterLost`. Ending it closes the
 * connection once the pod is silent. A slow reader gets the whole answer.
 * @param lingerMs how long the pod may be silent then, in milliseconds
 */
export async function openPodPort(
  client: ClusterClient,
  { namespace, pod, port }: PortPlace,
  { signal, lingerMs = usualLingerMs }: { readonly signal?: AbortSignal; readonly lingerMs?: number } = {},
): Promise<Duplex> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/portforward`;
  const query = new URLSearchParams({ ports: String(port) });
  return new PodPort(await client.webSocket(path, query, protocols, signal), lingerMs);
}

class PodPort extends Duplex {
  readonly #begun = new Set<number>();
  readonly #socket: WebSocket;
  readonly #lingerMs: number;
  #linger: NodeJS.Timeout | undefined;
  /** All of our output is sent. */
  #isSent = false;
  /** The reader is behind, so nothing is received. */
  #isPaused = false;
  /** We asked for the close, or the connection is closed. */
  #isClosing = false;

  constructor(socket: WebSocket, lingerMs: number) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    this.#lingerMs = lingerMs;
    // The caller looks at `errored` if it is late.
    this.on('error', () => undefined);
    socket.on('message', (message: Buffer) => this.#received(message));
    socket.on('error', (error) => this.destroy(new ClusterLost('the connection broke', { cause: error })));
    socket.on('close', (code) => {
      clearTimeout(this.#linger);
      const isEnd = ended.has(code) || this.#isClosing;
      this.#isClosing = true;
      if (isEnd) this.push(null);
      else this.destroy(new ClusterLost('the connection broke'));
    });
    socket.resume();
  }

  override _read(): void {
    this.#isPaused = false;
    this.#socket.resume();
    this.#waitForSilence();
  }

  override _write(bytes: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return done();
    // A send that fails closes the socket, and the close handler reports it.
    this.#socket.send(Buffer.concat([Buffer.from([channel.data]), bytes]), () => done());
  }

  override _final(done: () => void): void {
    this.#isSent = true;
    this.#waitForSilence();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#linger);
    this.#socket.terminate();
    done(error);
  }

  #received(message: Buffer): void {
    const from = message[0] ?? channel.data;
    const bytes = message.subarray(this.#begun.has(from) ? 1 : 1 + portBytes);
    this.#begun.add(from);
    if (bytes.length === 0) return;
    if (from === channel.error) return void this.destroy(new PodPortRefused(bytes.toString('utf8').trim()));
    if (!this.push(bytes)) {
      this.#isPaused = true;
      this.#socket.pause();
    }
    this.#waitForSilence();
  }

  /** Begins to wait again. Does not wait while more may be sent, nor while the reader is behind. */
  #waitForSilence(): void {
    clearTimeout(this.#linger);
    if (!this.#isSent || this.#isPaused || this.#isClosing) return;
    this.#linger = setTimeout(() => {
      this.#isClosing = true;
      this.#socket.close(1000);
    }, this.#lingerMs);
  }
}
