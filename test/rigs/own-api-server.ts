import { spawn, execFile, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ClusterConnection } from '../../src/clusters/access/cluster-connection.ts';
import { ClusterClient } from '../../src/clusters/api/cluster-client.ts';

/**
 * A real API server with its etcd for one test. The test can stop, kill and disconnect it without disturbing others. It
 * has no nodes.
 */
export class OwnApiServer implements AsyncDisposable {
  readonly #token = randomBytes(16).toString('hex');
  #etcd: ChildProcess | undefined;
  #server: ChildProcess | undefined;
  readonly #folder: string;
  readonly #ports: { readonly etcd: number; readonly peer: number; readonly api: number };

  private constructor(folder: string, ports: { readonly etcd: number; readonly peer: number; readonly api: number }) {
    this.#folder = folder;
    this.#ports = ports;
  }

  static async open(): Promise<OwnApiServer | { readonly skip: string }> {
    for (const program of ['etcd', 'kube-apiserver']) {
      if (
        !(await promisify(execFile)('which', [program]).then(
          () => true,
          () => false,
        ))
      )
        return { skip: `no ${program} on the PATH` };
    }
    const folder = await mkdtemp(join(tmpdir(), 'slipway-api-'));
    const server = new OwnApiServer(folder, { etcd: await freePort(), peer: await freePort(), api: await freePort() });
    await server.#prepare();
    await server.start();
    return server;
  }

  get connection(): ClusterConnection {
    const login = { credentials: async () => await Promise.resolve({ token: this.#token }) };
    return {
      described: 'an API server of the test',
      server: `https://127.0.0.1:${this.#ports.api}`,
      namespace: 'default',
      insecure: true,
      login,
    };
  }

  async start(): Promise<void> {
    const { etcd, api } = this.#ports;
    const key = join(this.#folder, 'accounts.key');
    const flags = {
      'etcd-servers': `http://127.0.0.1:${etcd}`,
      'secure-port': api,
      'bind-address': '127.0.0.1',
      'cert-dir': join(this.#folder, 'certificates'),
      'token-auth-file': join(this.#folder, 'tokens.csv'),
      'authorization-mode': 'AlwaysAllow',
      'disable-admission-plugins': 'ServiceAccount',
      'endpoint-reconciler-type': 'none',
      'service-cluster-ip-range': '198.51.100.0/24',
      'service-account-issuer': 'https://slipway.invalid',
      'service-account-key-file': key,
      'service-account-signing-key-file': key,
    };
    this.#server = spawn(
      'kube-apiserver',
      Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
      { stdio: 'ignore' },
    );
    const client = new ClusterClient(this.connection);
    try {
      for (;;) {
        if (this.#server.exitCode !== null) throw new Error(`the API server ended with ${this.#server.exitCode}`);
        // The server creates the namespace itself, soon after it listens.
        if (
          await client.json('GET', '/api/v1/namespaces/default').then(
            () => true,
            () => false,
          )
        )
          return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    } finally {
      client.close();
    }
  }

  async kill(): Promise<void> {
    await ended(this.#server);
  }

  /** Suspends the server. */
  hang(): void {
    this.#server?.kill('SIGSTOP');
  }

  resumeRun(): void {
    this.#server?.kill('SIGCONT');
  }

  /** Drops all connections as a network failure does, without a message to either side. */
  async cut(): Promise<void> {
    // This may never end if clients reconnect as fast as it drops connections.
    await promisify(execFile)('ss', ['-K', 'dst', '127.0.0.1', 'dport', '=', String(this.#ports.api)], {
      timeout: 5_000,
      killSignal: 'SIGKILL',
    }).catch((error: unknown) => {
      if (!(error instanceof Error && 'killed' in error && error.killed === true)) throw error;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await ended(this.#server);
    await ended(this.#etcd);
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #prepare(): Promise<void> {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    await writeFile(join(this.#folder, 'accounts.key'), privateKey);
    await writeFile(join(this.#folder, 'tokens.csv'), `${this.#token},tester,1,"system:masters"\n`);
    const { etcd, peer } = this.#ports;
    const at = (port: number) => `http://127.0.0.1:${port}`;
    const flags = {
      'data-dir': join(this.#folder, 'etcd'),
      'listen-client-urls': at(etcd),
      'advertise-client-urls': at(etcd),
      'listen-peer-urls': at(peer),
      'initial-advertise-peer-urls': at(peer),
      'initial-cluster': `default=${at(peer)}`,
    };
    this.#etcd = spawn(
      'etcd',
      ['--unsafe-no-fsync', ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)],
      { stdio: 'ignore' },
    );
  }
}

async function ended(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
