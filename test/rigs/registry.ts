import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = '/usr/bin/docker-registry';

/** Why no registry is available, or `undefined`. */
export const noRegistry = existsSync(program)
  ? undefined
  : 'no docker-registry (Debian: apt-get install docker-registry)';

/** The password's bcrypt hash from `htpasswd -nbB`. */
const passwordFile = 'pusher:$2y$05$hrkcjEc4GY9kkBdilDD2/egIJYV4Q.SW8vusU19dO4bq06onjQfCC\n';

/** A real registry with one user over plain HTTP on this machine, for one test file. */
export class RegistryRig implements AsyncDisposable {
  static readonly login = { username: 'pusher', password: 'let-me-in' } as const;

  #door: Server | undefined;
  readonly #folder: string;
  readonly #child: ChildProcess;

  private constructor(
    /** `127.0.0.1:PORT`. */
    readonly address: string,
    folder: string,
    child: ChildProcess,
  ) {
    this.#folder = folder;
    this.#child = child;
  }

  /**
   * @param admits `everybody`: without a login
   */
  static async start(admits: 'one user' | 'everybody' = 'one user'): Promise<RegistryRig> {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-registry-'));
    const address = `127.0.0.1:${await freePort()}`;
    const users = join(folder, 'users');
    await writeFile(users, passwordFile);
    const config = {
      version: 0.1,
      log: { level: 'error', accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(folder, 'data') } },
      http: { addr: address },
      ...(admits === 'one user' && { auth: { htpasswd: { realm: 'test', path: users } } }),
    };
    // YAML is a superset of JSON.
    await writeFile(join(folder, 'config.yml'), JSON.stringify(config));
    const child = spawn(program, ['serve', join(folder, 'config.yml')], { stdio: 'ignore', env: {} });
    const rig = new RegistryRig(address, folder, child);
    while (!(await rig.#answers())) {
      if (child.exitCode !== null) throw new Error(`docker-registry ended with ${child.exitCode}`);
    }
    return rig;
  }

  /**
   * Returns a Docker configuration file with the login.
   * @param address the address of a door
   */
  config(password: string = RegistryRig.login.password, address: string = this.address): string {
    const auth = Buffer.from(`${RegistryRig.login.username}:${password}`).toString('base64');
    return JSON.stringify({ auths: { [address]: { auth } } });
  }

  /** Opens the registry at another address of this machine that containers can reach: `HOST:PORT`. */
  async openDoor(host: string): Promise<string> {
    const port = Number(this.address.split(':')[1]);
    const door = createServer((outer) => {
      const inner = connect(port, '127.0.0.1');
      for (const socket of [outer, inner]) socket.on('error', () => undefined);
      outer.pipe(inner).pipe(outer);
    });
    await new Promise<void>((resolve, reject) => door.once('error', reject).listen(port, host, resolve));
    this.#door = door;
    return `${host}:${port}`;
  }

  /** Returns the registry's digest of a tag, or `undefined`. */
  async digest(repository: string, tag: string): Promise<string | undefined> {
    return (await this.#get(`${repository}/manifests/${tag}`)).headers.get('docker-content-digest') ?? undefined;
  }

  /**
   * Describes an image: its digest, manifest and configuration with the history. Returns `undefined` if the registry
   * does not have it.
   */
  async describe(repository: string, tag: string): Promise<string | undefined> {
    const answer = await this.#get(`${repository}/manifests/${tag}`);
    if (!answer.ok) return undefined;
    const manifest = await answer.text();
    const { config } = JSON.parse(manifest) as { config: { digest: string } };
    return [
      answer.headers.get('docker-content-digest'),
      manifest,
      await (await this.#get(`${repository}/blobs/${config.digest}`)).text(),
    ].join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#child.once('close', () => resolve()));
    this.#door?.close();
    if (this.#child.exitCode === null && this.#child.kill('SIGKILL')) await ended;
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }

  async #get(path: string): Promise<Response> {
    const { username, password } = RegistryRig.login;
    const accept = [
      'application/vnd.docker.distribution.manifest.v2+json',
      'application/vnd.oci.image.manifest.v1+json',
    ].join(', ');
    return await fetch(`http://${this.address}/v2/${path}`, {
      headers: { accept, authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
    });
  }

  async #answers(): Promise<boolean> {
    try {
      return [200, 401].includes((await fetch(`http://${this.address}/v2/`)).status);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return false;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (bound === null || typeof bound === 'string') throw new Error('a listening server has an address');
  return bound.port;
}
