/** Credentials, tokens, redirects and TLS. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EagerClock } from '../../test/rigs/eager-clock.ts';
import { FakeRegistry, fakeLogin, respond, type FakeRegistryOptions } from '../../test/rigs/fake-registry.ts';
import { at, blobOf, never, putImage, types, valueOf } from '../../test/rigs/registry-images.ts';
import { tlsIdentity } from '../../test/rigs/tls-identity.ts';
import type { HttpTransport } from './http-transport.ts';
import { nodeTransport } from './node-transport.ts';
import { openRegistry } from './open-registry.ts';
import type { FoundCredentials } from './registry-credentials.ts';
import type { Registry } from './registry.ts';

const { username, password, identitytoken } = fakeLogin;
const login = { credentials: { username, password, serveraddress: '' }, source: '/home/dev/.docker/config.json' };
const wrong = { ...login, credentials: { ...login.credentials, password: 'top-secret' } };
const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

describe('access to a registry:', () => {
  const opened: FakeRegistry[] = [];
  let transport: HttpTransport;
  let clock: EagerClock;
  let fake: FakeRegistry;

  beforeEach(() => {
    transport = nodeTransport();
    clock = new EagerClock();
  });

  afterEach(async () => {
    transport.close();
    for (const each of opened.splice(0)) await each[Symbol.asyncDispose]();
  });

  async function start(options: FakeRegistryOptions): Promise<FakeRegistry> {
    const started = await FakeRegistry.start(options);
    opened.push(started);
    return started;
  }

  /** Opens a fake registry. Each of the credentials is found once, the last one always. */
  async function open(options: FakeRegistryOptions, ...found: readonly FoundCredentials[]): Promise<Registry> {
    fake = await start(options);
    return clientOf(fake.address, found);
  }

  function clientOf(registry: string, found: readonly FoundCredentials[], insecure = false): Registry {
    let next = 0;
    const credentials = async () => await Promise.resolve(found[Math.min(next++, found.length - 1)] ?? {});
    return openRegistry({ registry, credentials, transport, clock, insecure });
  }

  const app = (tag = 'v1') => at(`${fake.address}/team/app`, tag);
  const tokenRequests = () => fake.requests().filter(({ url }) => url.startsWith('/token'));

  describe('a token', () => {
    test('is fetched for the scope of the request, and kept', async () => {
      const registry = await open({ auth: 'token' }, login);
      await registry.digest(app('v1'), never);
      await registry.digest(app('v2'), never);
      await registry.manifest(app('v2'), never);
      expect(tokenRequests().map(({ url, headers }) => [url, headers.authorization])).toEqual([
        ['/token?service=fake&scope=repository%3Ateam%2Fapp%3Apull&account=pusher', basic],
      ]);
      await registry.digest(at(`${fake.address}/team/other`, 'v1'), never);
      await registry.putBlob(app(), { ...blobOf('x'), mountFrom: 'team/other' }, never);
      const scopes = tokenRequests().map(({ url }) => new URL(url, 'http://x').searchParams.getAll('scope'));
      expect(scopes.slice(1)).toEqual([
        ['repository:team/other:pull'],
        ['repository:team/app:pull,push', 'repository:team/other:pull'],
      ]);
    });

    test('needs no credentials where everybody may pull', async () => {
      const registry = await open({ auth: 'token', publicPulls: true }, {});
      expect(await registry.digest(app(), never)).toEqual({ value: undefined });
      expect(tokenRequests().map(({ headers }) => headers.authorization)).toEqual([undefined]);
      expect(await registry.putBlob(app(), blobOf('x'), never)).toMatchObject({ failure: { code: 'unauthorized' } });
    });

    test.each([
      [300, 289_000, 291_000],
      // Shorter than what is allowed.
      [1, 49_000, 51_000],
    ])('that expires in %i s is replaced in time', async (expiresInSeconds, before, after) => {
      const registry = await open({ auth: 'token', expiresInSeconds }, login);
      await registry.digest(app(), never);
      clock.pass(before);
      await registry.digest(app(), never);
      expect(tokenRequests()).toHaveLength(1);
      clock.pass(after - before);
      await registry.digest(app(), never);
      expect(tokenRequests()).toHaveLength(2);
    });

    test('that the registry rejects is replaced once', async () => {
      const registry = await open({ auth: 'token' }, login);
      await registry.digest(app(), never);
      fake.revoke();
      expect(await registry.digest(app(), never)).toEqual({ value: undefined });
      expect(tokenRequests()).toHaveLength(2);
    });

    test('comes by POST for an identity token', async () => {
      const found = { credentials: { identitytoken, serveraddress: '' } };
      const registry = await open({ auth: 'token' }, found);
      expect(await registry.digest(app(), never)).toEqual({ value: undefined });
      const [request] = tokenRequests();
      expect(request?.method).toBe('POST');
      expect(Object.fromEntries(new URLSearchParams(request?.body.toString()))).toEqual({
        grant_type: 'refresh_token',
        refresh_token: identitytoken,
        client_id: 'slipway',
        scope: 'repository:team/app:pull',
        service: 'fake',
      });
    });

    test('is refused', async () => {
      const registry = await open({ auth: 'token' }, wrong);
      const message = `registry ${fake.address} rejects the credentials of /home/dev/.docker/config.json`;
      expect(await registry.digest(app(), never)).toEqual({ failure: { code: 'unauthorized', message } });
    });

    test('that does not allow the request is no reason to try again', async () => {
      const registry = await open({ auth: 'token' }, login);
      fake.intercept = ({ url }, response) => {
        if (!url.startsWith('/token')) return false;
        fake.tokens.set('weak', { scopes: new Set(), valid: true });
        respond(response, 200, '{"token":"weak"}');
        return true;
      };
      expect(await registry.digest(app(), never)).toEqual({
        failure: {
          code: 'forbidden',
          message: `registry ${fake.address} does not allow this for repository team/app with the credentials of ${login.source}`,
        },
      });
      expect(tokenRequests()).toHaveLength(1);
    });

    test.each([
      ['no JSON', 200, '<html>', 1, 'invalid-response'],
      ['no token', 200, '{}', 1, 'invalid-response'],
      ['a token that is no header', 200, '{"token":"a\\nb"}', 1, 'invalid-response'],
      ['an error for a moment', 503, '', 4, 'invalid-response'],
      ['too many requests', 429, '', 4, 'invalid-response'],
      ['a refusal', 403, '{}', 1, 'unauthorized'],
    ])('server returns %s', async (_, status, body, requests, code) => {
      const registry = await open({ auth: 'token' }, login);
      fake.intercept = ({ url }, response) => {
        if (url.startsWith('/token')) respond(response, status, body);
        return url.startsWith('/token');
      };
      expect(await registry.digest(app(), never)).toMatchObject({ failure: { code } });
      expect(tokenRequests()).toHaveLength(requests);
    });

    test.each([
      ['ftp://t.example', 'names no valid address of its token server'],
      ['nothing', 'names no valid address of its token server'],
      ['http://t.example/token', 'asks for credentials over plain HTTP at t.example'],
    ])('server at %s is not asked', async (realm, words) => {
      const registry = await open({}, login);
      fake.intercept = (_, response) => {
        response.setHeader('www-authenticate', `Bearer realm="${realm}"`);
        respond(response, 401, '');
        return true;
      };
      expect(await registry.digest(app(), never)).toEqual({
        failure: { code: 'invalid-response', message: `registry ${fake.address} ${words}` },
      });
    });
  });

  describe('a password', () => {
    test('is sent once the registry asks for it', async () => {
      const registry = await open({ auth: 'basic' }, login);
      expect(await registry.digest(app(), never)).toEqual({ value: undefined });
      expect(await registry.digest(app(), never)).toEqual({ value: undefined });
      expect(fake.requests().map(({ headers }) => headers.authorization)).toEqual([undefined, basic, basic]);
    });

    test('that was replaced is looked up again', async () => {
      const registry = await open({ auth: 'basic' }, login, login);
      await registry.digest(app(), never);
      fake.intercept = ({ headers }, response) => {
        if (headers.authorization !== basic) return false;
        response.setHeader('www-authenticate', 'Basic');
        respond(response, 401, '');
        return true;
      };
      const message = `registry ${fake.address} rejects the credentials of ${login.source}`;
      expect(await registry.digest(app(), never)).toEqual({ failure: { code: 'unauthorized', message } });
      const other = clientOf(fake.address, [wrong, login]);
      fake.intercept = () => false;
      await other.digest(app(), never);
      expect(await other.digest(app(), never)).toEqual({ value: undefined });
    });

    test.each<readonly [string, FoundCredentials, string]>([
      ['is wrong', wrong, 'rejects the credentials of /home/dev/.docker/config.json'],
      ['is missing', {}, 'requires credentials for repository team/app, but none were found'],
      [
        'cannot be read',
        { problem: 'docker-credential-pass failed (1): locked' },
        'requires credentials for repository team/app, but docker-credential-pass failed (1): locked',
      ],
      [
        'is none, but a token',
        { credentials: { identitytoken, serveraddress: '' }, source: 'docker-credential-x' },
        'rejects the credentials of docker-credential-x',
      ],
    ])('%s', async (_, found, words) => {
      const registry = await open({ auth: 'basic' }, found);
      expect(await registry.digest(app(), never)).toEqual({
        failure: { code: 'unauthorized', message: `registry ${fake.address} ${words}` },
      });
    });

    test('is required in a way that Slipway does not know', async () => {
      const registry = await open({}, login);
      fake.intercept = (_, response) => {
        response.setHeader('www-authenticate', 'Negotiate');
        respond(response, 401, '');
        return true;
      };
      expect(await registry.digest(app(), never)).toMatchObject({ failure: { code: 'unauthorized' } });
    });

    test.each(['basic', 'token'] as const)('is in no message, nor is a token (%s)', async (auth) => {
      const registry = await open({ auth }, login);
      fake.intercept = ({ headers, url }, response) => {
        const sent = headers.authorization;
        if (sent === undefined || url.startsWith('/token')) return false;
        respond(response, 403, JSON.stringify({ errors: [{ message: `not with ${sent} and ${password}` }] }));
        return true;
      };
      const answer = await registry.manifest(app(), never);
      const scheme = auth === 'basic' ? 'Basic' : 'Bearer';
      expect(answer).toMatchObject({ failure: { code: 'forbidden' } });
      expect(JSON.stringify(answer)).toContain(`not with ${scheme} *** and ***`);
    });
  });

  describe('a redirect', () => {
    const platform = { os: 'linux', architecture: 'amd64' };

    /** Redirects reads of blobs. */
    function redirectBlobs(to: (url: string) => string, status = 307): void {
      fake.intercept = ({ url, method, headers }, response) => {
        if (!/blobs\/sha256/.test(url) || method !== 'GET' || headers.authorization === undefined) return false;
        response.writeHead(status, { location: to(url) }).end();
        return true;
      };
    }

    test.each([301, 302, 303, 307, 308])('(%i) to another host does not carry the credentials', async (status) => {
      const registry = await open({ auth: 'basic' }, login);
      await putImage(registry, app());
      const storage = await start({});
      for (const [key, blob] of fake.blobs) storage.blobs.set(key, blob);
      redirectBlobs((url) => `http://${storage.address}${url}?signature=s`, status);
      expect(valueOf(await registry.image(app(), platform, never))).toBeDefined();
      expect(storage.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    });

    test('to the same host carries them', async () => {
      const registry = await open({ auth: 'basic' }, login);
      await putImage(registry, app());
      fake.intercept = ({ url, method, headers }, response) => {
        if (!/blobs\/sha256/.test(url) || method !== 'GET' || headers.authorization === undefined || url.includes('?'))
          return false;
        response.writeHead(307, { location: `${url}?here` }).end();
        return true;
      };
      expect(valueOf(await registry.image(app(), platform, never))).toBeDefined();
    });

    test('that never ends is given up', async () => {
      const registry = await open({}, {});
      fake.intercept = ({ url }, response) => {
        if (url !== '/v2/') response.writeHead(302, { location: url }).end();
        return url !== '/v2/';
      };
      expect(await registry.manifest(app(), never)).toEqual({
        failure: { code: 'invalid-response', message: `${fake.address} redirects more than 5 times` },
      });
      expect(fake.requests()).toHaveLength(6);
    });

    test.each(['', 'ftp://x.example/', 'http://[x'])('to %j is an error of the registry', async (location) => {
      const registry = await open({}, {});
      fake.intercept = ({ url }, response) => {
        if (url !== '/v2/') response.writeHead(302, location === '' ? {} : { location }).end();
        return url !== '/v2/';
      };
      expect(await registry.manifest(app(), never)).toMatchObject({ failure: { code: 'refused' } });
    });

    test('does not repeat an upload unless its status says so', async () => {
      const registry = await open({}, {});
      fake.intercept = ({ url, method }, response) => {
        if (method === 'PUT') response.writeHead(302, { location: url }).end();
        return method === 'PUT';
      };
      const manifest = { bytes: Buffer.from('{}'), mediaType: types.ociManifest };
      expect(await registry.putManifest(app(), manifest, never)).toMatchObject({ failure: { code: 'refused' } });
      expect(fake.requests('PUT')).toHaveLength(1);
    });

    test('an upload to another host does not carry the credentials', async () => {
      const registry = await open({ auth: 'basic' }, login);
      const storage = await start({});
      fake.intercept = ({ method, headers }, response) => {
        if (method !== 'POST' || headers.authorization === undefined) return false;
        response.writeHead(202, { location: `http://${storage.address}/v2/team/app/blobs/uploads/1` }).end();
        return true;
      };
      expect(await registry.putBlob(app(), blobOf('x'), never)).toEqual({ value: 'uploaded' });
      expect(storage.seen.map(({ method, headers }) => [method, headers.authorization])).toEqual([['PUT', undefined]]);
    });
  });

  describe('a registry on this machine', () => {
    const identity = tlsIdentity();

    test('is asked over HTTPS first, then over HTTP', async () => {
      fake = await start({});
      const asked: string[] = [];
      const registry = openRegistry({
        registry: fake.address,
        credentials: async () => await Promise.resolve({}),
        transport: {
          ...transport,
          send: async (request, signal) => {
            asked.push(`${request.url.protocol} ${request.url.pathname}`);
            return await transport.send(request, signal);
          },
        },
        clock,
        insecure: false,
      });
      await registry.digest(app(), never);
      await registry.digest(app(), never);
      const path = '/v2/team/app/manifests/v1';
      expect(asked).toEqual(['https: /v2/', 'http: /v2/', `http: ${path}`, `http: ${path}`]);
    });

    test('that is marked as insecure is asked over HTTP only', async () => {
      fake = await start({});
      expect(await clientOf(fake.address, [{}], true).digest(app(), never)).toEqual({ value: undefined });
      expect(fake.seen.map(({ url }) => url)).toEqual(['/v2/', '/v2/team/app/manifests/v1']);
    });

    test('with an untrusted certificate is not used, nor asked without TLS', async (context) => {
      if ('skip' in identity) return context.skip(identity.skip);
      fake = await start({ tls: identity });
      const answer = await clientOf(fake.address, [login]).digest(app(), never);
      expect(answer).toMatchObject({ failure: { code: 'untrusted' } });
      expect(JSON.stringify(answer)).toContain(`no trusted connection to ${fake.address}: self-signed certificate`);
      expect(fake.seen).toEqual([]);
    });

    test('with an untrusted certificate is used if it is marked as insecure', async (context) => {
      if ('skip' in identity) return context.skip(identity.skip);
      fake = await start({ tls: identity, auth: 'basic' });
      expect(await clientOf(fake.address, [login], true).digest(app(), never)).toEqual({ value: undefined });
    });

    test('that tells plain HTTP apart from TLS by its status is asked over HTTPS', async (context) => {
      if ('skip' in identity) return context.skip(identity.skip);
      fake = await start({});
      fake.intercept = (_, response) => {
        respond(response, 400, 'Client sent an HTTP request to an HTTPS server.');
        return true;
      };
      expect(await clientOf(fake.address, [{}], true).digest(app(), never)).toMatchObject({
        failure: { code: 'untrusted' },
      });
    });
  });
});
