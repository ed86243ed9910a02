/** A registry in this process (OCI distribution specification). Tests script its faults, and see every request. */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface FakeRegistryOptions {
  /** Default: everybody is admitted. */
  readonly auth?: 'basic' | 'token';
  /** Whether everybody may pull. Only with tokens. */
  readonly publicPulls?: boolean;
  /** What the token server says of a token. Default: 300. */
  readonly expiresInSeconds?: number;
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

interface StoredManifest {
  readonly bytes: Buffer;
  readonly mediaType: string;
}

interface IssuedToken {
  readonly scopes: ReadonlySet<string>;
  valid: boolean;
}

export const fakeLogin = { username: 'pusher', password: 'let-me-in', identitytoken: 'an-identity-token' } as const;

export class FakeRegistry implements AsyncDisposable {
  readonly seen: SeenRequest[] = [];
  readonly blobs = new Map<string, Buffer>();
  readonly manifests = new Map<string, StoredManifest>();
  readonly tokens = new Map<string, IssuedToken>();
  /** Handles a request in place of the registry if it returns `true`. */
  intercept: (request: SeenRequest, response: ServerResponse) => boolean = () => false;

  readonly #options: FakeRegistryOptions;
  readonly #server: Server;

  private constructor(options: FakeRegistryOptions) {
    this.#options = options;
    const listener: RequestListener = (request, response) => void this.#serve(request, response);
    this.#server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
  }

  static async start(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
    const registry = new FakeRegistry(options);
    await new Promise<void>((resolve) => registry.#server.listen(0, '127.0.0.1', resolve));
    return registry;
  }

  /** `127.0.0.1:PORT`. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Returns the seen requests to paths, without those that only look for the address. */
  requests(method?: string): readonly SeenRequest[] {
    return this.seen.filter((each) => each.url !== '/v2/' && (method === undefined || each.method === method));
  }

  /** Makes all tokens invalid. */
  revoke(): void {
    for (const token of this.tokens.values()) token.valid = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const { method = '', url = '', headers } = request;
      const seen = { method, url, headers, body: Buffer.concat(parts) };
      this.seen.push(seen);
      if (this.intercept(seen, response)) return;
      const target = new URL(url, `http://${this.address}`);
      if (target.pathname === '/token') this.#issue(seen, target, response);
      else if (this.#admits(seen, target, response)) this.#answer(seen, target, response);
    } catch {
      // The client broke the connection.
      response.destroy();
    }
  }

  #admits({ method, headers }: SeenRequest, { pathname, searchParams }: URL, response: ServerResponse): boolean {
    const { auth } = this.#options;
    if (auth === undefined) return true;
    if (auth === 'basic') {
      const { username, password } = fakeLogin;
      if (headers.authorization === `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`) return true;
      return refuse(response, 'Basic realm="fake, with a comma"');
    }
    const repository = /^\/v2\/(.+)\/(?:manifests|blobs|tags)\//.exec(pathname)?.[1];
    const from = searchParams.get('from');
    const needed = repository === undefined ? [] : [`repository:${repository}:${reads(method) ? 'pull' : 'push'}`];
    if (from !== null) needed.push(`repository:${from}:pull`);
    const token = this.tokens.get(headers.authorization?.replace('Bearer ', '') ?? '');
    if (token?.valid === true && needed.every((scope) => token.scopes.has(scope))) return true;
    const scope =
      repository === undefined ? '' : `,scope="repository:${repository}:${reads(method) ? 'pull' : 'pull,push'}"`;
    const error = token?.valid === true ? ',error="insufficient_scope"' : '';
    return refuse(response, `Bearer realm="http://${this.address}/token",service="fake"${scope}${error}`);
  }

  #issue({ method, headers, body }: SeenRequest, url: URL, response: ServerResponse): void {
    const form = new URLSearchParams(body.toString());
    const { username, password, identitytoken } = fakeLogin;
    const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const given = method === 'POST' || headers.authorization !== undefined;
    const known =
      method === 'POST'
        ? form.get('grant_type') === 'refresh_token' && form.get('refresh_token') === identitytoken
        : headers.authorization === basic;
    if ((given && !known) || (!given && this.#options.publicPulls !== true)) {
      respond(response, 401, errorOf('UNAUTHORIZED', 'incorrect username or password'));
      return;
    }
    const asked = method === 'POST' ? (form.get('scope') ?? '').split(' ') : url.searchParams.getAll('scope');
    const scopes = asked.flatMap((scope) => {
      const [type, name, actions = ''] = scope.split(':');
      return actions.split(',').map((action) => `${type}:${name}:${action}`);
    });
    const token = randomBytes(8).toString('hex');
    this.tokens.set(token, {
      scopes: new Set(scopes.filter((scope) => known || scope.endsWith(':pull'))),
      valid: true,
    });
    const { expiresInSeconds = 300 } = this.#options;
    respond(response, 200, JSON.stringify({ [known ? 'token' : 'access_token']: token, expires_in: expiresInSeconds }));
  }

  #answer(request: SeenRequest, url: URL, response: ServerResponse): void {
    const [, repository = '', kind, name = ''] = /^\/v2\/(.+)\/(manifests|blobs|tags)\/(.*)$/.exec(url.pathname) ?? [];
    if (kind === 'tags') this.#listTags(repository, url, response);
    else if (kind === 'manifests') this.#manifest(request, repository, name, response);
    else if (kind === 'blobs' && name.startsWith('uploads/')) this.#upload(request, repository, url, response);
    else if (kind === 'blobs')
      send(request, response, this.blobs.get(`${repository}@${name}`), 'application/octet-stream');
    else respond(response, url.pathname === '/v2/' ? 200 : 404, '{}');
  }

  #listTags(repository: string, { searchParams }: URL, response: ServerResponse): void {
    const tags = [...this.manifests.keys()]
      .filter((key) => key.startsWith(`${repository}:`) && !key.includes('sha256'))
      .map((key) => key.slice(repository.length + 1))
      .sort();
    if (tags.length === 0) {
      respond(response, 404, errorOf('NAME_UNKNOWN', 'repository name not known to registry'));
      return;
    }
    const rest = tags.filter((tag) => tag > (searchParams.get('last') ?? ''));
    const page = rest.slice(0, Number(searchParams.get('n') ?? 100));
    if (page.length < rest.length)
      response.setHeader('link', `</v2/${repository}/tags/list?last=${page.at(-1)}&n=${page.length}>; rel="next"`);
    respond(response, 200, JSON.stringify({ name: repository, tags: page }));
  }

  #manifest(request: SeenRequest, repository: string, name: string, response: ServerResponse): void {
    if (request.method !== 'PUT') {
      const found = this.manifests.get(`${repository}:${name}`);
      send(request, response, found?.bytes, found?.mediaType ?? '');
      return;
    }
    const digest = digestOf(request.body);
    const { config, layers = [], manifests = [] } = JSON.parse(request.body.toString()) as Record<string, never>;
    const missing = [...(config === undefined ? [] : [config]), ...layers].some(
      (each: { digest: string }) => !this.blobs.has(`${repository}@${each.digest}`),
    );
    const unknown = (manifests as readonly { digest: string }[]).some(
      (each) => !this.manifests.has(`${repository}:${each.digest}`),
    );
    if (missing || unknown) {
      respond(response, 404, errorOf('MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry'));
      return;
    }
    const stored = { bytes: request.body, mediaType: request.headers['content-type'] ?? '' };
    for (const key of [name, digest]) this.manifests.set(`${repository}:${key}`, stored);
    response.setHeader('docker-content-digest', digest);
    respond(response, 201, '');
  }

  #upload(request: SeenRequest, repository: string, { searchParams }: URL, response: ServerResponse): void {
    if (request.method === 'POST') {
      const mount = searchParams.get('mount');
      const blob = this.blobs.get(`${searchParams.get('from')}@${mount}`);
      if (blob !== undefined) {
        this.blobs.set(`${repository}@${mount}`, blob);
        respond(response, 201, '');
        return;
      }
      response.setHeader('location', `/v2/${repository}/blobs/uploads/1?_state=s`);
      respond(response, 202, '');
      return;
    }
    const digest = searchParams.get('digest') ?? '';
    if (digestOf(request.body) !== digest) {
      respond(response, 400, errorOf('DIGEST_INVALID', 'provided digest did not match uploaded content'));
      return;
    }
    this.blobs.set(`${repository}@${digest}`, request.body);
    respond(response, 201, '');
  }
}

function reads(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function refuse(response: ServerResponse, challenge: string): false {
  response.setHeader('www-authenticate', challenge);
  respond(response, 401, errorOf('UNAUTHORIZED', 'authentication required'));
  return false;
}

function errorOf(code: string, message: string): string {
  return JSON.stringify({ errors: [{ code, message }] });
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export function respond(response: ServerResponse, status: number, body: string): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    .end(body);
}

function send(request: SeenRequest, response: ServerResponse, bytes: Buffer | undefined, mediaType: string): void {
  if (bytes === undefined) {
    respond(response, 404, request.method === 'HEAD' ? '' : errorOf('NOT_FOUND', 'unknown to registry'));
    return;
  }
  response.writeHead(200, {
    'content-type': mediaType,
    'content-length': bytes.length,
    'docker-content-digest': digestOf(bytes),
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
