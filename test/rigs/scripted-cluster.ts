import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClusterConnection } from '../../src/clusters/access/cluster-connection.ts';

export interface ScriptedObject {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion?: string };
  readonly [field: string]: unknown;
}

interface Change {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: ScriptedObject;
}

interface Watcher {
  readonly answer: ServerResponse;
  readonly path: string;
}

/** A fault in place of a response. */
export type Trouble =
  'hang' | 'cut' | 'garbage' | 'nonsense' | 'nothing' | 'page' | 'unavailable' | 'forbidden' | 'gone' | 'missing';

/**
 * An API server that stores objects, lists them in pages and reports changes like a real one. Tests can make it fail:
 * it forgets versions, splits lines, disconnects. Versions are global, as in etcd.
 */
export class ScriptedCluster implements AsyncDisposable {
  readonly requests: string[] = [];
  readonly #objects = new Map<string, Map<string, ScriptedObject>>();
  readonly #history: (Change & { readonly path: string })[] = [];
  readonly #watchers = new Set<Watcher>();
  #version = 100;
  /** Lists in progress. All pages show one version. */
  readonly #lists = new Map<number, { readonly version: number; readonly objects: readonly ScriptedObject[] }>();
  /** Changes up to this version are forgotten. */
  #forgotten = 0;
  /** The faults of the next requests in order. Those of a path come first. */
  #troubles: { readonly path?: string; readonly trouble: Trouble }[] = [];
  #watchTrouble: Trouble | undefined;
  pageSize = 500;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<ScriptedCluster> {
    const server = createServer();
    const cluster = new ScriptedCluster(server);
    server.on('request', (request, answer) => cluster.#answer(request, answer));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return cluster;
  }

  get connection(): ClusterConnection {
    const server = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return {
      described: 'a scripted cluster',
      server,
      namespace: 'n',
      login: { credentials: async () => await Promise.resolve({}) },
    };
  }

  get watching(): number {
    return this.#watchers.size;
  }

  objects(path: string): readonly ScriptedObject[] {
    return [...(this.#objects.get(path)?.values() ?? [])];
  }

  put(path: string, name: string, uid: string, rest: Readonly<Record<string, unknown>> = {}): void {
    const all = this.#objects.get(path) ?? new Map<string, ScriptedObject>();
    this.#objects.set(path, all);
    const metadata = { ...(rest['metadata'] as object), name, uid, resourceVersion: String(++this.#version) };
    const object = { ...rest, metadata };
    this.#tell({ path, version: this.#version, type: all.has(uid) ? 'MODIFIED' : 'ADDED', object });
    all.set(uid, object);
  }

  remove(path: string, uid: string): void {
    const object = this.#objects.get(path)?.get(uid);
    if (object === undefined) return;
    this.#objects.get(path)?.delete(uid);
    this.#tell({
      path,
      version: ++this.#version,
      type: 'DELETED',
      object: { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } },
    });
  }

  bookmark(): void {
    for (const { answer } of this.#watchers)
      write(answer, 'BOOKMARK', { metadata: { resourceVersion: String(++this.#version) } });
  }

  /** Forgets all changes so far. */
  forget(): void {
    this.#forgotten = this.#version;
  }

  /** Ends all watches: cleanly, in the middle of a line, with an error, or with garbage. */
  end(how: 'well' | 'cut' | 'torn' | 'gone' | 'failed' | 'garbage'): void {
    for (const { answer } of [...this.#watchers]) {
      if (how === 'torn') answer.write('{"type":"ADDED","object":{"metadata":{"na');
      if (how === 'garbage') answer.write('<html>\n');
      if (how === 'gone')
        write(answer, 'ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' });
      if (how === 'failed')
        write(answer, 'ERROR', { kind: 'Status', code: 500, reason: 'InternalError', message: 'etcd went away' });
      if (how === 'cut' || how === 'torn') setImmediate(() => answer.destroy());
      else answer.end();
    }
    this.#watchers.clear();
  }

  meetWith(...troubles: readonly (Trouble | { readonly path: string; readonly trouble: Trouble })[]): void {
    this.#troubles.push(...troubles.map((each) => (typeof each === 'string' ? { trouble: each } : each)));
  }

  /** All watches get this fault. */
  hideWatches(trouble: Trouble): void {
    this.#watchTrouble = trouble;
  }

  /** Cancels the pending faults. */
  allow(): void {
    this.#watchTrouble = undefined;
    this.#troubles = [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #tell(change: Change & { readonly path: string }): void {
    this.#history.push(change);
    for (const { answer, path } of this.#watchers) if (path === change.path) write(answer, change.type, change.object);
  }

  #answer(request: IncomingMessage, answer: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://cluster');
    const trouble = this.#troubles.find(({ path }) => path === undefined || path === url.pathname);
    this.requests.push(`${url.pathname}${url.searchParams.has('watch') ? ' watch' : ''}`);
    if (trouble !== undefined) {
      this.#troubles.splice(this.#troubles.indexOf(trouble), 1);
      return meet(trouble.trouble, answer);
    }
    if (url.searchParams.has('watch') && this.#watchTrouble !== undefined) return meet(this.#watchTrouble, answer);
    const object = this.objects(url.pathname.replace(/\/[^/]*$/, '')).find(
      ({ metadata }) => metadata.name === url.pathname.replace(/^.*\//, ''),
    );
    if (url.searchParams.has('watch')) this.#watch(url, answer);
    else if (object !== undefined) answer.end(JSON.stringify(object));
    else if (/\/(pods|services|events|deployments|replicasets|jobs)$/.test(url.pathname)) this.#list(url, answer);
    else meet('missing', answer);
  }

  #list({ pathname, searchParams }: URL, answer: ServerResponse): void {
    const [token = this.#lists.size, from = 0] = searchParams.get('continue')?.split('.').map(Number) ?? [];
    const list = this.#lists.get(token) ?? { version: this.#version, objects: this.objects(pathname) };
    this.#lists.set(token, list);
    const { version, objects } = list;
    if (from > 0 && version < this.#forgotten) return meet('gone', answer);
    const next = from + Math.min(this.pageSize, Number(searchParams.get('limit') ?? Infinity));
    answer.end(
      JSON.stringify({
        metadata: { resourceVersion: String(version), ...(next < objects.length && { continue: `${token}.${next}` }) },
        items: objects.slice(from, next),
      }),
    );
  }

  #watch({ pathname, searchParams }: URL, answer: ServerResponse): void {
    const from = Number(searchParams.get('resourceVersion'));
    if (from < this.#forgotten) return meet('gone', answer);
    answer.writeHead(200).flushHeaders();
    for (const change of this.#history)
      if (change.path === pathname && change.version > from) write(answer, change.type, change.object);
    const watcher = { answer, path: pathname };
    this.#watchers.add(watcher);
    answer.once('close', () => this.#watchers.delete(watcher));
  }
}

/** Writes a line in two pieces, so that it never arrives as one. */
function write(answer: ServerResponse, type: string, object: unknown): void {
  const line = Buffer.from(`${JSON.stringify({ type, object })}\n`);
  const at = line.length % 17;
  answer.write(line.subarray(0, at));
  answer.write(line.subarray(at));
}

function meet(trouble: Trouble, answer: ServerResponse): void {
  const status = { kind: 'Status', status: 'Failure' };
  switch (trouble) {
    case 'hang':
      return;
    case 'cut':
      return void answer.destroy();
    case 'garbage':
      return void answer.end('{"metadata": [nonsense');
    case 'nonsense':
      return void answer.end('{"items":[{"kind":"Tea"}],"metadata":{"resourceVersion":"1"}}\n');
    case 'nothing':
      return void answer.end();
    case 'page':
      return void answer.end('<html><title>Please log in</title></html>');
    case 'unavailable':
      return void answer.writeHead(503).end('no healthy upstream');
    case 'forbidden':
      return void answer
        .writeHead(403)
        .end(JSON.stringify({ ...status, reason: 'Forbidden', code: 403, message: 'you may not' }));
    case 'missing':
      return void answer
        .writeHead(404)
        .end(JSON.stringify({ ...status, reason: 'NotFound', code: 404, message: 'not found' }));
    case 'gone':
      return void answer
        .writeHead(410)
        .end(JSON.stringify({ ...status, reason: 'Expired', code: 410, message: 'too old resource version' }));
  }
}
