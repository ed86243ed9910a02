/**
 * A minimal Docker client, for the least cost of the work. It shares no code with Slipway, so it shares no mistakes.
 */
import { Agent, request, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

export class RawEngine implements Disposable {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #to: { socketPath: string } | { host: string; port: string };

  /** @param address `unix:///path` or `tcp://host:port` */
  constructor(address: string) {
    const url = new URL(address);
    this.#to = url.protocol === 'unix:' ? { socketPath: url.pathname } : { host: url.hostname, port: url.port };
  }

  async version(): Promise<{ name: string; version: string }> {
    const { Version, Components } = (await this.#json('GET', '/version')) as {
      Version: string;
      Components?: { Name: string }[];
    };
    return {
      name: Components?.[0]?.Name.startsWith('Podman') === true ? 'Podman' : 'Docker',
      version: Version.replace(/\+.*/, ''),
    };
  }

  async create(body: object): Promise<string> {
    return ((await this.#json('POST', '/containers/create', JSON.stringify(body))) as { Id: string }).Id;
  }

  async createNetwork(name: string): Promise<void> {
    await this.#json('POST', '/networks/create', JSON.stringify({ Name: name, Driver: 'bridge' }));
  }

  async removeNetwork(name: string): Promise<void> {
    await this.#json('DELETE', `/networks/${name}`);
  }

  async putArchive(id: string, path: string, tar: Uint8Array): Promise<void> {
    await this.#json('PUT', `/containers/${id}/archive?path=${encodeURIComponent(path)}`, tar, 'application/x-tar');
  }

  async start(id: string): Promise<void> {
    await this.#json('POST', `/containers/${id}/start`);
  }

  async inspect(id: string): Promise<{ State: { ExitCode: number } }> {
    return (await this.#json('GET', `/containers/${id}/json`)) as { State: { ExitCode: number } };
  }

  /** Builds an image with BuildKit, and reads its output to the end. */
  async build(name: string, context: Uint8Array): Promise<void> {
    const sent = request({
      ...this.#to,
      agent: this.#agent,
      method: 'POST',
      path: `/v1.41/build?t=${encodeURIComponent(name)}&version=2`,
      headers: { 'Content-Type': 'application/x-tar', 'Content-Length': context.length },
    });
    sent.end(context);
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve);
      sent.once('error', reject);
    });
    const text = (await answer.toArray()).map(String).join('');
    if (answer.statusCode !== 200 || text.includes('"error"')) throw new Error(`build of ${name}: ${text}`);
  }

  async remove(id: string): Promise<void> {
    await this.#json('DELETE', `/containers/${id}?force=1&v=1`);
  }

  /** Returns the connection with the framed output. Read it to its end. */
  async attach(id: string): Promise<Duplex> {
    const sent = request({
      ...this.#to,
      method: 'POST',
      path: `/v1.41/containers/${id}/attach?stream=1&stdout=1&stderr=1`,
      headers: { Connection: 'Upgrade', Upgrade: 'tcp' },
    });
    sent.end();
    return await new Promise((resolve, reject) => {
      sent.once('upgrade', (_answer, socket) => resolve(socket));
      sent.once('response', (answer) => reject(new Error(`attach: HTTP ${answer.statusCode}`)));
      sent.once('error', reject);
    });
  }

  /** Creates, runs and removes one container, and reads its output to the end. Returns the exit code. */
  async runOnce(body: object, archive?: { path: string; tar: Uint8Array }): Promise<number> {
    const id = await this.create(body);
    try {
      if (archive !== undefined) await this.putArchive(id, archive.path, archive.tar);
      const output = await this.attach(id);
      const ended = readToEnd(output);
      await this.start(id);
      await ended;
      return (await this.inspect(id)).State.ExitCode;
    } finally {
      await this.remove(id);
    }
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  async #json(method: string, path: string, body?: string | Uint8Array, type = 'application/json'): Promise<unknown> {
    const sent = request({
      ...this.#to,
      agent: this.#agent,
      method,
      path: `/v1.41${path}`,
      headers: { 'Content-Type': type, 'Content-Length': body === undefined ? 0 : Buffer.byteLength(body) },
    });
    sent.end(body);
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve);
      sent.once('error', reject);
    });
    const text = (await answer.toArray()).map(String).join('');
    if ((answer.statusCode ?? 500) >= 400) throw new Error(`${method} ${path}: HTTP ${answer.statusCode} ${text}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }
}

async function readToEnd(stream: Duplex): Promise<void> {
  stream.resume();
  await new Promise<void>((resolve, reject) => {
    stream.once('end', resolve);
    stream.once('error', reject);
  });
  stream.destroy();
}
