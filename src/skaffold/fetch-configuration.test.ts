import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import type { HttpRequest, HttpResponse, HttpTransport } from '../registry/http-transport.ts';
import { aborted } from '../util/abort.ts';
import { fetchConfiguration } from './fetch-configuration.ts';

const url = new URL('https://git.example/app/skaffold.yaml');

function server(answers: Readonly<Record<string, Partial<HttpResponse> & { readonly text?: string | Buffer }>>) {
  const requests: HttpRequest[] = [];
  const transport: HttpTransport = {
    async send(request, signal) {
      requests.push(request);
      const { text, ...answer } = answers[request.url.href] ?? { status: 404 };
      if (answer.status === 0) {
        await aborted(signal);
        throw signal.reason;
      }
      return { status: 200, headers: {}, body: Readable.from([Buffer.from(text ?? '')]), ...answer };
    },
    close: () => undefined,
  };
  return { transport, requests };
}

it('returns the text', async () => {
  const { transport } = server({ [url.href]: { text: 'kind: Config # ü' } });
  expect(await fetchConfiguration(url, transport)).toEqual({ value: 'kind: Config # ü', diagnostics: [] });
});

it('follows redirects, and sends the user and password to their host only', async () => {
  const { transport, requests } = server({
    'https://git.example/app/skaffold.yaml': { status: 302, headers: { location: 'https://files.example/1' } },
    'https://files.example/1': { text: 'a: 1' },
  });
  expect((await fetchConfiguration(new URL('https://me:p%40ss@git.example/app/skaffold.yaml'), transport)).value).toBe(
    'a: 1',
  );
  const authorization = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
  expect(requests.map(({ headers }) => headers['authorization'])).toEqual([authorization, undefined]);
});

it.each<[string, Parameters<typeof server>[0], string]>([
  ['another status', {}, 'the server answers 404'],
  ['bytes that are no text', { [url.href]: { text: Buffer.from([0xff]) } }, 'it is not UTF-8 text'],
  [
    'a large file',
    { [url.href]: { text: Buffer.alloc(8 * 2 ** 20 + 1) } },
    'the response of git.example is larger than 8 MiB',
  ],
  [
    'a redirect without TLS',
    { [url.href]: { status: 302, headers: { location: 'http://git.example/' } } },
    'git.example redirects from HTTPS to git.example without TLS',
  ],
  // It is not followed.
  [
    'a redirect to a file',
    { [url.href]: { status: 302, headers: { location: 'file:///etc/passwd' } } },
    'the server answers 302',
  ],
  [
    'an endless redirect',
    { [url.href]: { status: 302, headers: { location: url.href } } },
    'git.example redirects more than 5 times',
  ],
  ['a server that does not answer', { [url.href]: { status: 0 } }, 'no whole answer within 0.001 s'],
])('reports %s', async (_, answers, why) => {
  const asked = new URL(`${url.href}?token=secret`);
  asked.username = 'me';
  const both = Object.fromEntries(Object.values(answers).map((answer) => [`${url.href}?token=secret`, answer]));
  const { value, diagnostics } = await fetchConfiguration(asked, server({ ...answers, ...both }).transport, 1);
  expect(value).toBeUndefined();
  expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
    `S009 \`${url.href}\` cannot be fetched: ${why}`,
  ]);
});
