/**
 * A minimal Kubernetes client, for the least cost of the work. It shares no code with Slipway, so it shares no
 * mistakes.
 */
import { execFile } from 'node:child_process';
import { Agent, request } from 'node:https';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';

/** The parts of watched objects that the measurements use. */
export interface SeenPod {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly status?: {
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly state?: { readonly running?: object; readonly terminated?: { readonly exitCode: number } };
    }[];
  };
}

export interface SeenEvent {
  readonly reason?: string;
  readonly involvedObject?: { readonly name?: string; readonly fieldPath?: string };
}

interface Watched {
  readonly type: string;
  readonly object: SeenPod & SeenEvent;
}

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: Readonly<Record<string, string>> }[];
  readonly users: readonly { readonly user: Readonly<Record<string, string>> }[];
  readonly contexts: readonly { readonly name: string; readonly context: Readonly<Record<string, string>> }[];
}

/** A client with the administrator's certificate of `KUBECONFIG`, in a temporary namespace. */
export class RawCluster implements AsyncDisposable {
  readonly #agent: Agent;
  readonly #listeners = new Set<(seen: Watched) => void>();
  readonly #watches = new Map<string, IncomingMessage>();
  #closed = false;

  readonly #server: string;
  readonly #tls: { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer };
  readonly #kubeconfig: Kubeconfig;

  private constructor(
    kubeconfig: Kubeconfig,
    readonly namespace: string,
  ) {
    this.#kubeconfig = kubeconfig;
    const [cluster, user] = [kubeconfig.clusters[0]!.cluster, kubeconfig.users[0]!.user];
    const bytes = (text = '') => Buffer.from(text, 'base64');
    this.#server = cluster['server']!;
    this.#tls = {
      ca: bytes(cluster['certificate-authority-data']),
      cert: bytes(user['client-certificate-data']),
      key: bytes(user['client-key-data']),
    };
    this.#agent = new Agent({ keepAlive: true, ...this.#tls });
  }

  /** Creates the namespace and starts watching its pods and Events. */
  static async open(): Promise<RawCluster> {
    const { stdout } = await promisify(execFile)('kubectl', [
      'config',
      'view',
      '--raw',
      '--minify',
      '--flatten',
      '-o',
      'json',
    ]);
    const raw = new RawCluster(JSON.parse(stdout) as Kubeconfig, `slipway-bench-${process.pid}`);
    await raw.#json('POST', '/api/v1/namespaces', {
      metadata: { name: raw.namespace, labels: { 'slipway-bench': 'namespace' } },
    });
    // The API rejects pods until the namespace has its service account.
    while ((await raw.#json<{ items: unknown[] }>('GET', raw.#path('serviceaccounts'))).items.length === 0)
      await new Promise((resolve) => setTimeout(resolve, 50));
    await raw.#watch('pods');
    await raw.#watch('events');
    return raw;
  }

  /** Writes a kubeconfig whose context has the namespace. */
  async writeKubeconfig(path: string): Promise<void> {
    const contexts = this.#kubeconfig.contexts.map(({ name, context }) => ({
      name,
      context: { ...context, namespace: this.namespace },
    }));
    await writeFile(path, JSON.stringify({ ...this.#kubeconfig, contexts }), { mode: 0o600 });
  }

  async version(): Promise<string> {
    return `Kubernetes ${(await this.#json<{ gitVersion: string }>('GET', '/version')).gitVersion.slice(1)}`;
  }

  async create(pod: object): Promise<SeenPod> {
    return await this.#json('POST', this.#path('pods'), pod);
  }

  /** Deletes a pod without a grace period. Does not wait. */
  async remove(name: string): Promise<void> {
    await this.#json('DELETE', this.#path(`pods/${name}`), { gracePeriodSeconds: 0 });
  }

  /** Resolves when a watched object matches. Call it before the change. */
  async seen(matches: (type: string, object: SeenPod & SeenEvent) => boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const listener = ({ type, object }: Watched) => {
        if (!matches(type, object)) return;
        this.#listeners.delete(listener);
        resolve();
      };
      this.#listeners.add(listener);
    });
  }

  async terminated(pod: string, container: string): Promise<void> {
    await this.seen(
      (_, { metadata, status }) =>
        metadata.name === pod &&
        status?.containerStatuses?.some(({ name, state }) => name === container && state?.terminated !== undefined) ===
          true,
    );
  }

  /** Resolves when the pod's status has the container. The status comes later than the Event. */
  async noticed(pod: string, container: string): Promise<void> {
    const isNoticed = ({ name, state }: { name: string; state?: { running?: object; terminated?: object } }) =>
      name === container && (state?.running ?? state?.terminated) !== undefined;
    await this.seen(
      (_, { metadata, status }) => metadata.name === pod && status?.containerStatuses?.some(isNoticed) === true,
    );
  }

  async started(pod: string, container: string): Promise<void> {
    await this.seen(
      (_, { reason, involvedObject }) =>
        reason === 'Started' &&
        involvedObject?.name === pod &&
        involvedObject.fieldPath === `spec.containers{${container}}`,
    );
  }

  /**
   * Runs a pod of one container until its status has the end.
   * @returns milliseconds
   */
  async runBare(name: string, image: string, command: readonly string[]): Promise<number> {
    const before = performance.now();
    const terminated = this.terminated(name, bareContainer);
    await this.create(barePod(name, image, command));
    await terminated;
    return performance.now() - before;
  }

  /** Runs a command in a container and returns its output. */
  async exec(pod: string, container: string, command: readonly string[], stdin?: Uint8Array): Promise<string> {
    const socket = await this.openExec(pod, container, command, stdin !== undefined);
    let said = '';
    const ended = new Promise<string>((resolve, reject) => {
      socket.on('message', (message: Buffer) => {
        const text = message.toString('utf8', 1);
        if (message[0] === 1) said += text;
        if (message[0] !== 3) return;
        if ((JSON.parse(text) as { status: string }).status === 'Success') resolve(said);
        else reject(new Error(text));
      });
      socket.once('close', () => reject(new Error(`exec in ${pod} was disconnected`)));
    });
    if (stdin !== undefined) {
      for (let at = 0; at < stdin.length; at += 65_536)
        await new Promise((resolve) =>
          socket.send(Buffer.concat([Buffer.of(0), stdin.subarray(at, at + 65_536)]), resolve),
        );
      socket.send(Buffer.of(255, 0));
    }
    return await ended.finally(() => socket.terminate());
  }

  /** Opens a WebSocket with the protocol `v5.channel.k8s.io`. */
  async openExec(pod: string, container: string, command: readonly string[], stdin: boolean): Promise<WebSocket> {
    const query = new URLSearchParams({ container, stdout: 'true', stdin: String(stdin) });
    for (const word of command) query.append('command', word);
    const socket = new WebSocket(
      `${this.#server.replace(/^http/, 'ws')}${this.#path(`pods/${pod}/exec`)}?${query.toString()}`,
      'v5.channel.k8s.io',
      { ...this.#tls, perMessageDeflate: false },
    );
    await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return socket;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const answer of this.#watches.values()) answer.destroy();
    await this.#json('DELETE', `/api/v1/namespaces/${this.namespace}`);
    this.#agent.destroy();
  }

  #path(rest: string): string {
    return `/api/v1/namespaces/${this.namespace}/${rest}`;
  }

  /** Watches again after each end: an API server closes slow watches. */
  async #watch(resource: 'pods' | 'events'): Promise<void> {
    const { metadata, items } = await this.#json<{
      metadata: { resourceVersion: string };
      items: (SeenPod & SeenEvent)[];
    }>('GET', this.#path(resource));
    for (const object of items) this.#tell({ type: 'MODIFIED', object });
    const answer = await this.#answer(
      'GET',
      `${this.#path(resource)}?watch=true&resourceVersion=${metadata.resourceVersion}`,
    );
    this.#watches.set(resource, answer);
    answer.on('error', () => undefined);
    answer.once('close', () => (this.#closed ? undefined : void this.#watch(resource)));
    createInterface({ input: answer })
      .on('line', (line) => this.#tell(JSON.parse(line) as Watched))
      .on('error', () => undefined);
  }

  #tell(watched: Watched): void {
    for (const listener of [...this.#listeners]) listener(watched);
  }

  async #json<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await this.#answer(method, path, body === undefined ? undefined : JSON.stringify(body));
    const text = (await answer.toArray()).map(String).join('');
    if ((answer.statusCode ?? 500) >= 400) throw new Error(`${method} ${path}: HTTP ${answer.statusCode} ${text}`);
    return JSON.parse(text) as T;
  }

  async #answer(method: string, path: string, body?: string): Promise<IncomingMessage> {
    const sent = request(`${this.#server}${path}`, {
      method,
      agent: this.#agent,
      headers: {
        'content-type': 'application/json',
        ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
      },
    });
    sent.end(body);
    return await new Promise((resolve, reject) => sent.once('response', resolve).once('error', reject));
  }
}

export const bareContainer = 'main';

export function barePod(name: string, image: string, command: readonly string[]): object {
  const container = { name: bareContainer, image, imagePullPolicy: 'IfNotPresent', command };
  return {
    metadata: { name },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 0,
      containers: [container],
    },
  };
}
