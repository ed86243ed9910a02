import { expect, it } from 'vitest';
import { requestHeaders, responseHeaders, withoutUpgrade } from './proxy-headers.ts';

/** `Name: value`, one a line. */
const raw = (...lines: readonly string[]) => lines.flatMap((line) => line.split(/: (.*)/s).slice(0, 2));
const shown = (headers: readonly string[]) =>
  headers.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${headers[i + 1]}`] : []));

const own = ['X-Forwarded-For: 127.0.0.1', 'X-Forwarded-Host: a.localhost:8080', 'X-Forwarded-Proto: http'];

it.each<[string, string, readonly string[], readonly string[]]>([
  ['passes on', 'GET', ['Accept: a', 'X-a: 1', 'x-A: 2'], ['Accept: a', 'X-a: 1', 'x-A: 2', ...own]],
  [
    'drops those of one connection',
    'GET',
    ['Connection: close, X-Mine', 'X-Mine: 1', 'TE: trailers', 'Keep-Alive: 5'],
    own,
  ],
  ['but never the host', 'GET', ['Connection: Host, Content-Type', 'Content-Type: a'], ['Content-Type: a', ...own]],
  ['drops what was answered', 'POST', ['Expect: 100-continue', 'Content-Length: 3'], ['Content-Length: 3', ...own]],
  ['keeps chunks', 'GET', ['Transfer-Encoding: chunked', 'Content-Length: 3'], [...own, 'Transfer-Encoding: chunked']],
  ['keeps an empty body', 'POST', [], [...own, 'Content-Length: 0']],
  [
    'adds to other proxies',
    'GET',
    ['x-forwarded-for: 10.0.0.1', 'X-Forwarded-Host: b', 'X-Forwarded-Proto: https'],
    ['X-Forwarded-Host: b', 'X-Forwarded-Proto: https', 'X-Forwarded-For: 10.0.0.1, 127.0.0.1'],
  ],
])('of a request, %s', (_, method, lines, expected) => {
  const rawHeaders = raw('Host: a.localhost:8080', ...lines);
  const headers = requestHeaders({ method, rawHeaders, from: '127.0.0.1', host: 'backend' });
  expect(shown(headers)).toEqual(['Host: a.localhost:8080', ...expected]);
});

it('changes the protocol', () => {
  const rawHeaders = raw('Connection: keep-alive, Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: k');
  const headers = requestHeaders({
    method: 'GET',
    rawHeaders,
    from: '127.0.0.1',
    host: 'backend',
    upgrade: 'websocket',
  });
  expect(shown(headers)).toEqual([
    'Sec-WebSocket-Key: k',
    'Host: backend',
    'X-Forwarded-For: 127.0.0.1',
    'X-Forwarded-Proto: http',
    'Connection: Upgrade',
    'Upgrade: websocket',
  ]);
});

it('of a response keeps repeated ones', () => {
  const lines = ['Set-Cookie: a=1', 'set-cookie: b=2', 'Content-Length: 3', 'Trailer: X-Sum'];
  const dropped = ['Connection: close, X-Mine', 'X-Mine: 1', 'Transfer-Encoding: chunked', 'Upgrade: h2c'];
  expect(shown(responseHeaders(raw(...lines, ...dropped)))).toEqual(lines);
});

it.each([
  [['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AA', 'A: 1'], ['A: 1']],
  [['Connection: close, upgrade', 'Upgrade: h2c'], ['Connection: close']],
])('without the upgrade: %j', (lines, expected) => {
  expect(shown(withoutUpgrade(raw(...lines)))).toEqual(expected);
});
