import { connect, createServer, type Server, type Socket } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A socket in front of another one, whose connections the test can cut as if the engine had died. */
export class SocketProxy implements AsyncDisposable {
  readonly #sockets = new Set<Socket>();

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
      client.pipe(engine);
      engine.pipe(client);
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    return proxy;
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
