import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ClusterConnection } from '../../src/clusters/access/cluster-connection.ts';

/** What happens to the response of a completed creation: `held` until `release`, or lost (`cut`). */
export type Fate = 'held' | 'cut';

/**
 * A proxy in front of a cluster's API server, with the test's credentials. Holds back or drops responses. Does not
 * support WebSockets.
 */
export class ApiProxy implements AsyncDisposable {
  readonly #held: (() => void)[] = [];
  readonly #watchers = new Set<() => void>();
  #fate: Fate | undefined;
  /** How many creations completed whose responses were held or dropped. */
  #met = 0;
  readonly #server: Server;
  readonly #behind: ClusterConnection;

  private constructor(server: Server, behind: ClusterConnection) {
    this.#server = server;
    this.#behind = behind;
  }

  static async before(behind: ClusterConnection): Promise<ApiProxy> {
    const server = createServer();
    const proxy = new ApiProxy(server, behind);
    server.on('request', (request, answer) => void proxy.#forward(request, answer).catch(() => answer.destroy()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get connection(): ClusterConnection {
    const { namespace } = this.#behind;
    const server = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return {
      described: 'a proxy of the test',
      server,
      namespace,
      login: { credentials: async () => await Promise.resolve({}) },
    };
  }

  /** Sets what happens to the responses of further creations. */
  meetCreationsWith(fate: Fate | undefined): void {
    this.#fate = fate;
  }

  /** Waits until this many creations completed without a response to the client. */
  async untilMet(count: number): Promise<void> {
    while (this.#met < count) {
      await new Promise<void>((resolve) => {
        const look = () => {
          this.#watchers.delete(look);
          resolve();
        };
        this.#watchers.add(look);
      });
    }
  }

  release(): void {
    this.#fate = undefined;
    for (const answer of this.#held.splice(0)) answer();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #forward(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { server, authority, serverName, insecure, login } = this.#behind;
    const credentials = await login.credentials(false, new AbortController().signal);
    if (typeof credentials === 'string') throw new Error(credentials);
    const { certificate, key, token } = credentials;
    const { host: _, ...headers } = request.headers;
    const forwarded = httpsRequest(new URL(request.url ?? '/', server), {
      method: request.method,
      headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      ca: authority,
      cert: certificate,
      key,
      servername: serverName,
      rejectUnauthorized: insecure !== true,
    });
    const closed = () => forwarded.destroy();
    answer.once('close', closed);
    request.pipe(forwarded);
    forwarded.once('error', () => answer.destroy());
    forwarded.once('response', (response) => {
      const pass = () => {
        answer.writeHead(response.statusCode ?? 500, response.headers);
        response.pipe(answer);
      };
      const fate = request.method === 'POST' ? this.#fate : undefined;
      if (fate === undefined) return pass();
      if (fate === 'held') this.#held.push(pass);
      else answer.destroy();
      this.#met++;
      for (const look of [...this.#watchers]) look();
    });
  }
}
