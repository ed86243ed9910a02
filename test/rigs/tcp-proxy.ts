import { connect, createServer, type Server, type Socket } from 'node:net';

/** A port of this machine in front of another address. The test can cut its connections, whatever they carry. */
export class TcpProxy implements AsyncDisposable {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly port: number;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async before(host: string, port: number): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bound = server.address();
    if (bound === null || typeof bound === 'string') throw new Error('a listening server has an address');
    const proxy = new TcpProxy(server, bound.port);
    server.on('connection', (client) => {
      const far = connect({ host, port, allowHalfOpen: true });
      for (const socket of [client, far]) {
        proxy.#sockets.add(socket);
        socket.on('error', () => undefined).once('close', () => proxy.#sockets.delete(socket));
      }
      client.pipe(far).pipe(client);
    });
    return proxy;
  }

  /** Cuts every connection. New ones are still accepted. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Cuts every connection and accepts no new one until `reopen`. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.cut();
    await closed;
  }

  async reopen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.port, '127.0.0.1', resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.close();
  }
}
