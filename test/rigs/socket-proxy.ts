import { connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A socket in front of another one. The test can cut its connections as if the engine had died. */
export class SocketProxy implements AsyncDisposable {
  readonly #sockets = new Set<Socket>();
  /** The last request of each connection. */
  readonly #said = new Map<Socket, Said>();
  /** What happens to responses of requests with a text. */
  readonly #rules: { readonly request: string; readonly answer: (connection: Said) => Promise<void> | void }[] = [];
  readonly #folder: string;
  readonly #server: Server;

  private constructor(
    readonly path: string,
    folder: string,
    server: Server,
  ) {
    this.#folder = folder;
    this.#server = server;
  }

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
      const said: Said = { client, engine, text: '', answers: undefined as unknown as Transform };
      said.answers = proxy.#answers(said);
      proxy.#said.set(client, said);
      client
        .on('data', (bytes: Buffer) => {
          const text = bytes.subarray(0, 300).toString('latin1');
          if (/^[A-Z]+ \/\S* HTTP/.test(text)) said.text = text;
        })
        .once('close', () => proxy.#said.delete(client));
      client.pipe(engine);
      engine.pipe(said.answers).pipe(client);
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    return proxy;
  }

  /**
   * Closes the connections whose last request contains this text cleanly: the client sees an end, not an error. Returns
   * how many.
   */
  end(request: string): number {
    const ended = [...this.#said].filter(([, { text }]) => text.includes(request));
    for (const [client, { engine, answers }] of ended) {
      engine.unpipe(answers);
      answers.unpipe(client);
      client.end();
      client.destroySoon();
      engine.destroy();
    }
    return ended.length;
  }

  /**
   * Cuts the connection instead of sending the responses of requests with this text. The engine has already executed
   * them.
   */
  cutAnswers(request: string, times: number): void {
    let left = times;
    this.#rules.push({
      request,
      answer: ({ client, engine }) => {
        if (left-- <= 0) return;
        client.destroy();
        engine.destroy();
      },
    });
  }

  /**
   * Sends an error of status 500 instead of the responses of requests with this text, and closes the connection. The
   * engine has already executed them.
   */
  refuse(request: string, message: string, times: number): void {
    let left = times;
    const body = JSON.stringify({ message });
    const head = `HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
    this.#rules.push({
      request,
      answer: ({ client, engine, answers }) => {
        if (left-- <= 0) return;
        answers.unpipe(client);
        client.end(`${head}\r\nConnection: close\r\n\r\n${body}`);
        engine.destroy();
      },
    });
  }

  /**
   * Holds the responses of requests with this text until `release`. `asked` resolves at the engine's first response.
   */
  hold(request: string): { readonly asked: Promise<void>; release(): void } {
    let tell = (): void => undefined;
    const asked = new Promise<void>((resolve) => (tell = resolve));
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    this.#rules.push({
      request,
      answer: async () => {
        tell();
        await released;
      },
    });
    return { asked, release };
  }

  /** Cuts every connection. New ones are still accepted. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Cuts every connection and accepts no new one. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.cut();
    await closed;
  }

  /** Accepts connections again after `close`. */
  async reopen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.path, resolve));
  }

  #answers(said: Said): Transform {
    const answer = async (): Promise<void> => {
      for (const rule of this.#rules) if (said.text.includes(rule.request)) await rule.answer(said);
    };
    return new Transform({
      transform: (bytes: Buffer, _, done) => {
        answer().then(() => done(null, bytes), done);
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

interface Said {
  readonly client: Socket;
  readonly engine: Socket;
  /** The stream of responses. */
  answers: Transform;
  text: string;
}
