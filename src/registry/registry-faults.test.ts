/** What registries do wrong, and what networks do to their responses. */
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EagerClock } from '../../test/rigs/eager-clock.ts';
import { digestOf, FakeRegistry, respond, type SeenRequest } from '../../test/rigs/fake-registry.ts';
import { at, blobOf, never, newRepository, putImage, types, valueOf } from '../../test/rigs/registry-images.ts';
import type { HttpTransport } from './http-transport.ts';
import { nodeTransport } from './node-transport.ts';
import { openRegistry } from './open-registry.ts';
import type { Registry } from './registry.ts';

describe('a registry with faults', () => {
  let fake: FakeRegistry;
  let clock: EagerClock;
  let transport: HttpTransport;
  let registry: Registry;
  let repository: string;

  beforeEach(async () => {
    fake = await FakeRegistry.start();
    clock = new EagerClock();
    transport = nodeTransport();
    registry = open(fake.address);
    repository = newRepository(fake.address);
  });

  afterEach(async () => {
    transport.close();
    await fake[Symbol.asyncDispose]();
  });

  function open(host: string): Registry {
    const credentials = async () => await Promise.resolve({});
    return openRegistry({ registry: host, credentials, transport, clock, insecure: false });
  }

  /** Handles requests of these paths, as often as there are handlers. The last one stays. */
  function script(path: RegExp, ...handlers: ((response: ServerResponse, request: SeenRequest) => void)[]): void {
    let next = 0;
    fake.intercept = (request, response) => {
      if (!path.test(request.url)) return false;
      const handler = handlers[Math.min(next++, handlers.length - 1)];
      handler?.(response, request);
      return response.writableEnded || response.destroyed || response.headersSent;
    };
  }

  const status =
    (code: number, body = '', headers: Record<string, string> = {}) =>
    (response: ServerResponse) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      respond(response, code, body);
    };
  const cut = (response: ServerResponse) => void response.destroy();
  const pass = () => undefined;
  const truncated = (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': types.ociManifest, 'content-length': 1_000 });
    response.write('{', () => response.destroy());
  };

  describe('what passes is tried again', () => {
    beforeEach(async () => {
      await putImage(registry, at(repository, 'v1'));
      clock.pauses.length = 0;
    });

    test.each([
      ['a refusal for a moment', [status(503), status(502)]],
      ['a broken connection', [cut, cut, cut]],
      ['a response that is cut off', [truncated]],
      ['too many requests', [status(429)]],
    ])('%s', async (_, handlers) => {
      script(/manifests/, ...handlers, pass);
      expect(valueOf(await registry.manifest(at(repository, 'v1'), never))).toBeDefined();
      expect(clock.pauses).toHaveLength(handlers.length);
    });

    test('the registry says when', async () => {
      script(/manifests/, status(429, '', { 'retry-after': '7' }), pass);
      expect(valueOf(await registry.manifest(at(repository, 'v1'), never))).toBeDefined();
      expect(clock.pauses).toEqual([7_000]);
    });

    test('an upload begins again', async () => {
      script(/uploads\/1/, cut, pass);
      expect(await registry.putBlob(at(repository, 'v1'), blobOf('content'), never)).toEqual({ value: 'uploaded' });
      expect(fake.requests('POST').filter(({ url }) => url.includes('uploads')).length).toBe(4);
    });

    test('a pause ends with the signal', async () => {
      const stop = new AbortController();
      const reason = new Error('enough');
      script(/manifests/, (response) => {
        stop.abort(reason);
        status(503)(response);
      });
      await expect(registry.manifest(at(repository, 'v1'), stop.signal)).rejects.toBe(reason);
    });
  });

  describe('what stays is a failure', () => {
    test.each([
      ['errors of the server', status(503, 'x'), 4, 'refused', 'registry HOST, repository REPOSITORY: HTTP 503'],
      ['a web page', status(502, '<html>'), 4, 'refused', 'registry HOST, repository REPOSITORY: HTTP 502'],
      ['a broken connection', cut, 4, 'unreachable', 'cannot reach HOST: the connection broke'],
      ['a response that is cut off', truncated, 4, 'unreachable', 'cannot reach HOST: the connection broke'],
      [
        'too many requests',
        status(429, JSON.stringify({ errors: [{ code: 'TOOMANYREQUESTS', message: 'slow\ndown' }] })),
        4,
        'rate-limited',
        'registry HOST, repository REPOSITORY: too many requests: slow\\ndown',
      ],
      [
        'too many requests for long',
        status(429, '', { 'retry-after': '3600' }),
        1,
        'rate-limited',
        'registry HOST, repository REPOSITORY: too many requests: HTTP 429; try again in 3600 s',
      ],
      [
        'no access',
        status(403, JSON.stringify({ errors: [{ code: 'DENIED' }, { message: 'ask the owner' }, 1] })),
        1,
        'forbidden',
        'registry HOST, repository REPOSITORY: access denied: DENIED; ask the owner',
      ],
      ['a bad request', status(400), 1, 'refused', 'registry HOST, repository REPOSITORY: HTTP 400'],
      ['what is not supported', status(501), 1, 'refused', 'registry HOST, repository REPOSITORY: HTTP 501'],
      [
        'what the registry finds too large',
        status(413),
        1,
        'too-large',
        'registry HOST, repository REPOSITORY: the content is too large: HTTP 413',
      ],
    ] as const)('%s', async (_, handler, requests, code, message) => {
      script(/manifests/, handler);
      expect(await registry.manifest(at(repository, 'v1'), never)).toEqual({
        failure: {
          code,
          message: message.replace('HOST', fake.address).replace('REPOSITORY', at(repository, 'v1').repository),
        },
      });
      expect(fake.requests()).toHaveLength(requests);
    });

    test('no server', async () => {
      const { address } = fake;
      await fake[Symbol.asyncDispose]();
      const message = `cannot reach ${address}: connection refused`;
      expect(await registry.digest(at(repository, 'v1'), never)).toEqual({ failure: { code: 'unreachable', message } });
      fake = await FakeRegistry.start();
    });

    test.each([/manifests/, /v2\/$/])('no response to %s', async (path) => {
      const asked = new Promise<void>((resolve) => {
        fake.intercept = ({ url }) => {
          if (path.test(url)) resolve();
          return path.test(url);
        };
      });
      const answer = registry.digest(at(repository, 'v1'), never);
      await asked;
      clock.endLimits();
      expect(await answer).toMatchObject({ failure: { code: 'unreachable' } });
      expect(JSON.stringify(await answer)).toMatch(/did not respond within [13]0 s/);
    });

    test('a call that waits for a response ends with its signal', async () => {
      const stop = new AbortController();
      const reason = new Error('enough');
      fake.intercept = ({ url }) => {
        if (/manifests/.test(url)) stop.abort(reason);
        return /manifests/.test(url);
      };
      await expect(registry.digest(at(repository, 'v1'), stop.signal)).rejects.toBe(reason);
    });

    test('a manifest that is too large', async () => {
      script(/manifests/, (response) => void response.end(Buffer.alloc(4 * 2 ** 20 + 1, ' ')));
      expect(await registry.manifest(at(repository, 'v1'), never)).toEqual({
        failure: { code: 'too-large', message: `the response of ${fake.address} is larger than 4 MiB` },
      });
      const bytes = Buffer.alloc(4 * 2 ** 20 + 1);
      expect(await registry.putManifest(at(repository, 'v1'), { bytes, mediaType: 'm' }, never)).toEqual({
        failure: { code: 'too-large', message: `the manifest of ${repository}:v1 is larger than 4 MiB` },
      });
    });
  });

  describe('content that is not what its digest says', () => {
    const other = `sha256:${'0'.repeat(64)}`;
    const manifest = (bytes: string, digest: string) => (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': types.ociManifest, 'docker-content-digest': digest }).end(bytes);
    };

    test('a manifest by digest', async () => {
      script(/manifests/, manifest('{}', digestOf(Buffer.from('{}'))));
      const message = `the manifest of ${repository}:${other} has not the digest ${other}`;
      expect(await registry.manifest(at(repository, other), never)).toEqual({
        failure: { code: 'wrong-digest', message },
      });
    });

    test('a manifest by tag', async () => {
      script(/manifests/, manifest('{}', other));
      expect(await registry.manifest(at(repository, 'v1'), never)).toMatchObject({ failure: { code: 'wrong-digest' } });
    });

    test('a configuration', async () => {
      await putImage(registry, at(repository, 'v1'));
      script(/blobs/, status(200, '{}'));
      const platform = { os: 'linux', architecture: 'amd64' };
      expect(await registry.image(at(repository, 'v1'), platform, never)).toMatchObject({
        failure: { code: 'wrong-digest' },
      });
    });

    test('a manifest that the registry changes', async () => {
      script(/manifests/, status(201, '', { 'docker-content-digest': other }));
      const answer = await registry.putManifest(
        at(repository, 'v1'),
        { bytes: Buffer.from('{}'), mediaType: 'm' },
        never,
      );
      expect(answer).toMatchObject({ failure: { code: 'wrong-digest' } });
    });
  });

  describe('registries that tell little', () => {
    test.each([
      ['refuses HEAD', (response: ServerResponse) => respond(response, 405, '')],
      ['names no digest', (response: ServerResponse) => void response.writeHead(200, { 'content-length': 5 }).end()],
      [
        'names no type',
        (response: ServerResponse) =>
          void response
            .writeHead(200, { 'docker-content-digest': `sha256:${'0'.repeat(64)}`, 'content-length': 5 })
            .end(),
      ],
    ])('a registry that %s is asked for the manifest', async (_, handler) => {
      const { digest, size, mediaType } = await putImage(registry, at(repository, 'v1'));
      fake.intercept = ({ method }, response) => {
        if (method !== 'HEAD') return false;
        handler(response);
        return true;
      };
      expect(await registry.digest(at(repository, 'v1'), never)).toEqual({ value: { digest, size, mediaType } });
    });

    test('a manifest states its type and gets its digest', async () => {
      const bytes = Buffer.from(JSON.stringify({ mediaType: types.ociManifest }));
      script(/manifests/, (response) => void response.writeHead(200, { 'content-type': 'text/plain' }).end(bytes));
      expect(await registry.manifest(at(repository, 'v1'), never)).toMatchObject({
        value: { mediaType: types.ociManifest, digest: digestOf(bytes) },
      });
    });

    test.each([
      ['no image', JSON.stringify({ mediaType: types.ociManifest }), 'is not the manifest of an image'],
      ['nothing known', 'x', 'is not the manifest of an image'],
    ])('a manifest of %s', async (_, body, words) => {
      script(/manifests/, status(200, body));
      const answer = await registry.image(at(repository, 'v1'), { os: 'linux', architecture: 'amd64' }, never);
      expect(answer).toMatchObject({ failure: { code: 'invalid-response' } });
      expect(JSON.stringify(answer)).toContain(words);
    });

    test.each([
      ['null', { value: { tags: [] } }],
      ['["a",1]', { value: { tags: ['a'] } }],
    ])('tags: %s', async (tags, expected) => {
      script(/tags/, status(200, `{"tags":${tags}}`));
      expect(await registry.tags(at(repository, 'v1'), { limit: 1 }, never)).toEqual(expected);
    });

    test('no list of tags', async () => {
      script(/tags/, status(200, '<html>'));
      expect(await registry.tags(at(repository, 'v1'), { limit: 1 }, never)).toMatchObject({
        failure: { code: 'invalid-response' },
      });
    });

    test('a page has at most as many tags as asked for, and its link names only a path', async () => {
      for (const tag of ['a', 'b', 'c']) await putImage(registry, at(repository, tag));
      const first = valueOf(await registry.tags(at(repository, 'a'), { limit: 2 }, never));
      expect(first?.tags).toEqual(['a', 'b']);
      script(/tags/, status(200, '{"tags":[]}', { link: '<https://other.example/v2/x?last=b>; rel="next"' }));
      expect(await registry.tags(at(repository, 'a'), { limit: 2 }, never)).toEqual({
        value: { tags: [], next: '/v2/x?last=b' },
      });
    });

    test.each([
      [status(202), 'invalid-response'],
      [status(404), 'not-found'],
      [status(201), 'invalid-response'],
    ])('an upload without an address', async (handler, code) => {
      script(/uploads/, handler);
      const answer = await registry.putBlob(at(repository, 'v1'), blobOf('content'), never);
      expect(answer).toMatchObject({ failure: { code } });
    });
  });
});
