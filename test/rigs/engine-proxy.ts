import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Stands between a runtime and the socket of a real engine, so that a test can cut connections or take the engine away. */
export class EngineProxy implements AsyncDisposable {
  readonly #connections = new Set<{ readonly client: Socket; readonly engine: Socket; request: string }>();
  readonly #server: Server;

  private constructor(
    private readonly folder: string,
    engineSocket: string,
  ) {
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      const engine = connect({ path: engineSocket, allowHalfOpen: true });
      const connection = { client, engine, request: '' };
      this.#connections.add(connection);
      client.on('data', (bytes: Buffer) => (connection.request = bytes.subarray(0, 300).toString('latin1')));
      client.pipe(engine);
      engine.pipe(client);
      for (const socket of [client, engine]) {
        socket.on('error', () => undefined);
        socket.once('close', () => {
          client.destroy();
          engine.destroy();
          this.#connections.delete(connection);
        });
      }
    });
  }

  static async open(engineSocket: string): Promise<EngineProxy> {
    const proxy = new EngineProxy(await mkdtemp(join(tmpdir(), 'slipway-proxy-')), engineSocket);
    await new Promise<void>((resolve) => proxy.#server.listen(proxy.socket, resolve));
    return proxy;
  }

  get socket(): string {
    return join(this.folder, 'engine.sock');
  }

  /** Ends the connections whose last request has this text, in good form: the other side sees an end, not an error. */
  end(request: string): number {
    const ended = [...this.#connections].filter((connection) => connection.request.includes(request));
    for (const { client, engine } of ended) {
      engine.unpipe(client);
      client.end();
      client.destroySoon();
      engine.destroy();
    }
    return ended.length;
  }

  /** Breaks every connection. */
  cut(): void {
    for (const { client, engine } of this.#connections) {
      client.destroy();
      engine.destroy();
    }
  }

  /** As when the engine was stopped: nothing listens any more. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.cut();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
