import { spawn } from 'node:child_process';
import { Agent, request, type RequestOptions } from 'node:http';
import { Duplex, type Readable } from 'node:stream';
import type { EngineAddress } from './engine-address.ts';

/** Makes requests to one engine over pooled connections. */
export interface EngineTransport {
  readonly request: typeof request;
  /** For requests that share the pooled connections. */
  readonly pooled: RequestOptions;
  /** For requests whose connection becomes a stream. */
  readonly single: RequestOptions;
  close(): void;
}

/**
 * Opens a transport. Loads TLS only if the address needs it.
 * @param env for `ssh`
 */
export async function openTransport(
  address: EngineAddress,
  env: Readonly<Record<string, string | undefined>>,
): Promise<EngineTransport> {
  switch (address.kind) {
    case 'unix':
      return plainTransport({ socketPath: address.path, host: 'engine' });
    case 'tcp':
      return address.tls === undefined
        ? plainTransport({ host: address.host, port: address.port })
        : await tlsTransport({
            host: address.host,
            port: address.port,
            rejectUnauthorized: address.tls.verify,
            ...(address.tls.ca && { ca: address.tls.ca }),
            ...(address.tls.cert && { cert: address.tls.cert }),
            ...(address.tls.key && { key: address.tls.key }),
          });
    case 'ssh': {
      const dial = () => dialOverSsh(address, env);
      // The type of `Agent` lacks `createConnection`.
      const agent = Object.assign(new Agent({ keepAlive: true, maxSockets: 8 }), { createConnection: dial });
      return {
        request,
        pooled: { ...noServerName, host: 'engine', agent },
        single: { ...noServerName, host: 'engine', createConnection: dial },
        close: () => agent.destroy(),
      };
    }
  }
}

/** Without a name, Node computes one for TLS, also for plain connections. Its regular expressions take 4 ms to compile. */
const noServerName = { servername: '' };

function plainTransport(to: RequestOptions): EngineTransport {
  const agent = new Agent({ keepAlive: true });
  return {
    request,
    pooled: { ...noServerName, ...to, agent },
    single: { ...noServerName, ...to, agent: false },
    close: () => agent.destroy(),
  };
}

async function tlsTransport(to: RequestOptions & { rejectUnauthorized: boolean }): Promise<EngineTransport> {
  const { Agent: TlsAgent, request: tlsRequest } = await import('node:https');
  const agent = new TlsAgent({ keepAlive: true });
  return {
    request: tlsRequest,
    pooled: { ...to, agent },
    single: { ...to, agent: false },
    close: () => agent.destroy(),
  };
}

/** Connects like the Docker CLI: standard input and output of a remote command are the engine's socket. */
function dialOverSsh(
  address: Extract<EngineAddress, { kind: 'ssh' }>,
  env: Readonly<Record<string, string | undefined>>,
): Duplex {
  const port = address.port === undefined ? [] : ['-p', String(address.port)];
  const ssh = spawn(
    'ssh',
    [
      '-o',
      'ConnectTimeout=10',
      '-o',
      'BatchMode=yes',
      '-T',
      ...port,
      '--',
      address.destination,
      'docker',
      'system',
      'dial-stdio',
    ],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...env },
    },
  );
  return new ProcessSocket(ssh);
}

/** Returns the last line of a stream. Keeps only the end of the stream. */
function lastWords(stream: Readable | null): () => string {
  let text = '';
  stream?.on('data', (bytes: Buffer) => (text = (text + bytes.toString()).slice(-2_000)));
  return () => text.trim().split(/\r?\n/).at(-1) ?? '';
}

/** Wraps the pipes of a process, with the members of a socket that Node's HTTP client calls. */
class ProcessSocket extends Duplex {
  #received = false;
  readonly #child: ReturnType<typeof spawn>;

  constructor(child: ReturnType<typeof spawn>) {
    super({ allowHalfOpen: true });
    this.#child = child;
    child.stdout?.on('data', (bytes: Buffer) => {
      this.#received = true;
      if (!this.push(bytes)) child.stdout?.pause();
    });
    // If the output ends without data, wait for the exit: standard error is complete then and says why.
    child.stdout?.once('end', () => this.#received && this.push(null));
    const said = lastWords(child.stderr);
    child.once('close', () => {
      if (this.#received) return;
      const why = said();
      this.destroy(why === '' ? undefined : new Error(why));
    });
    child.stdin?.on('error', (error) => this.#received && this.destroy(error));
    child.once('error', (error) => this.destroy(error));
  }
  override _read(): void {
    this.#child.stdout?.resume();
  }
  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#child.stdin?.write(bytes, (error) => done(this.#received ? error : null));
  }
  override _final(done: (error?: Error | null) => void): void {
    this.#child.stdin?.end(done);
  }
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#child.kill();
    done(error);
  }
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
