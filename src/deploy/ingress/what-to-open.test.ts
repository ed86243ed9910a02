import { expect, it } from 'vitest';
import type { IngressPath } from '../../model/ingress-routes.ts';
import { whatToOpen } from './what-to-open.ts';

const paths = (...all: readonly string[]) =>
  all.map((path): IngressPath => ({ path, type: 'prefix', backend: { missing: '' } }));

it.each([
  ['no host', [{ paths: paths('/') }], []],
  [
    'names below localhost',
    [
      { host: 'shop.localhost', paths: paths('/api', '/') },
      { host: 'localhost', paths: paths('/api') },
      { host: '*.shop.localhost', paths: [] },
    ],
    ['open http://shop.localhost:8081/, http://localhost:8081/api, http://*.shop.localhost:8081/'],
  ],
  [
    'other names, once for all',
    [
      { host: 'shop.localhost', paths: paths('/') },
      { host: '*.example.com', paths: paths('/') },
      { host: 'shop.example.com', paths: paths('/x') },
      { host: 'api.example.com', paths: paths('/') },
    ],
    [
      'open http://shop.localhost:8081/',
      "for *.example.com, shop.example.com, api.example.com: curl -H 'Host: any.example.com' http://127.0.0.1:8081/, or add `127.0.0.1 shop.example.com api.example.com` to the hosts file and open http://shop.example.com:8081",
    ],
  ],
  [
    'a wildcard, which no file can have',
    [{ host: '*.example.com', paths: paths('/x') }],
    ["for *.example.com: curl -H 'Host: any.example.com' http://127.0.0.1:8081/x"],
  ],
])('%s', (_, hosts, expected) => {
  expect(whatToOpen({ ingresses: ['shop'], hosts }, 8081)).toEqual(expected);
});
