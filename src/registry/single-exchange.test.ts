import { expect, test } from 'vitest';
import type { HttpTransport } from './http-transport.ts';
import { RegistryError } from './registry-failure.ts';
import { exchange, type SentRequest } from './single-exchange.ts';

const { signal } = new AbortController();

/** Redirects requests of these addresses, and answers all others. */
function redirecting(redirects: Readonly<Record<string, string>>, asked: string[] = []): HttpTransport {
  return {
    send: async ({ url, headers }) => {
      asked.push(url.href + (headers['authorization'] === undefined ? '' : ' with credentials'));
      const location = redirects[url.href];
      const response = location === undefined ? { status: 200, headers: {} } : { status: 307, headers: { location } };
      return await Promise.resolve({ ...response, body: bodyOf() });
    },
    close: () => undefined,
  };
}

async function* bodyOf(): AsyncGenerator<Buffer, void> {
  yield await Promise.resolve(Buffer.from('body'));
}

const request = (url: string): SentRequest => ({
  method: 'GET',
  url: new URL(url),
  headers: { authorization: 'secret' },
  mostBytes: 10,
});

test.each([
  ['https://r.example/a', 'https://r.example/b', 'https://r.example/b with credentials'],
  ['https://r.example/a', '/b', 'https://r.example/b with credentials'],
  ['https://r.example/a', 'https://s.example/b', 'https://s.example/b'],
  ['https://r.example/a', 'https://r.example:444/b', 'https://r.example:444/b'],
  ['http://r.example/a', 'https://r.example/b', 'https://r.example/b with credentials'],
  ['http://r.example/a', 'http://s.example/b', 'http://s.example/b'],
  ['https://localhost/a', 'http://localhost/b', 'http://localhost/b with credentials'],
])('%s may redirect to %s', async (from, to, expected) => {
  const asked: string[] = [];
  const { status, url } = await exchange(redirecting({ [from]: to }, asked), request(from), signal);
  expect([status, asked, url.href]).toEqual([200, [`${from} with credentials`, expected], expected.split(' ')[0]]);
});

test('credentials do not come back', async () => {
  const asked: string[] = [];
  const [a, b] = ['https://r.example/a', 'https://s.example/b'];
  await exchange(redirecting({ [a]: b, [b]: 'https://r.example/c' }, asked), request(a), signal);
  expect(asked).toEqual([`${a} with credentials`, b, 'https://r.example/c']);
});

test('HTTPS does not redirect to a host without TLS', async () => {
  const transport = redirecting({ 'https://r.example/a': 'http://r.example/b' });
  await expect(exchange(transport, request('https://r.example/a'), signal)).rejects.toMatchObject({
    code: 'invalid-response',
    message: 'r.example redirects from HTTPS to r.example without TLS',
  });
});

test.each([
  ['ECONNRESET', 'read', 'unreachable', true],
  ['EAI_AGAIN', 'getaddrinfo', 'unreachable', true],
  ['ENOTFOUND', 'getaddrinfo', 'unreachable', false],
  ['ECONNREFUSED', 'connect', 'unreachable', false],
  ['CERT_HAS_EXPIRED', undefined, 'untrusted', false],
])('%s is %s, and may pass: %s', async (code, syscall, expected, passes) => {
  const failed = Object.assign(new Error('x'), { code, syscall });
  const transport = { send: async () => await Promise.reject<never>(failed), close: () => undefined };
  const error: unknown = await exchange(transport, request('https://r.example/'), signal).catch(
    (each: unknown) => each,
  );
  expect(error instanceof RegistryError && [error.code, error.passes, error.cause]).toEqual([expected, passes, failed]);
});

test('a bug stays one', async () => {
  const transport = { send: async () => await Promise.reject<never>(new Error('bug')), close: () => undefined };
  await expect(exchange(transport, request('https://r.example/'), signal)).rejects.toThrow('bug');
});
