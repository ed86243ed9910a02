import { connect, createServer, type Server, type Socket } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A socket in front of another one, whose connections the test can cut as if the engine had died. */
export class SocketProxy implements AsyncDisposable {
  readonly #sockets = new Set<Socket>();
  /** What the client said last, by connection. */
  readonly #said = new Map<Socket, { readonly engine: Socket; text: string }>();

  private constructor(
    readonly path: string,
    private readonly folder: string,
    private readonly server: Server,
  ) {}

  static async before(target: string): Promise<SocketProxy> {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-proxy-'));
    const path = join(folder, 'engine.sock');
    const server = createServer({ allowHalfOpen: true });
    const proxy = new SocketProxy(path, folder, server);
    server.on('connection', (client) => {
      const engine = connect({ path: target, allowHalfOpen: true });
      for (const socket of [client, engine]) {
        proxy.#sockets.add(socket);
        socket.on('error', () => undefined).once('close', () => proxy.#sockets.delete(socket));
      }
      const said = { engine, text: '' };
      proxy.#said.set(client, said);
      client.on('data', (bytes: Buffer) => (said.text = bytes.subarray(0, 300).toString('latin1'))).once('close', () => proxy.#said.delete(client));
      client.pipe(engine);
      engine.pipe(client);
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    return proxy;
  }

  /** Ends the connections whose last request has this text, in good form: the client sees an end, not an error. Returns how many. */
  end(request: string): number {
    const ended = [...this.#said].filter(([, { text }]) => text.includes(request));
    for (const [client, { engine }] of ended) {
      engine.unpipe(client);
      client.end();
      client.destroySoon();
      engine.destroy();
    }
    return ended.length;
  }

  /** Cuts every connection; new ones are still let through. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Cuts every connection and lets no new one through. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.cut();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.server.listening) await this.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
