import { describe, expect, it } from 'vitest';
import type { IngressBackend, IngressHost, IngressPath, IngressRoutes } from '../../model/ingress-routes.ts';
import { matchRoute, requestTarget } from './match-route.ts';

const to = (service: string): IngressBackend => ({ namespace: 'default', service, port: 80 });

/** `=/a` is exact, `/a` a prefix. The backend is named after the path. */
function pathOf(text: string): IngressPath {
  const isExact = text.startsWith('=');
  return { path: text.replace('=', ''), type: isExact ? 'exact' : 'prefix', backend: to(text) };
}

function matched(routes: Omit<IngressRoutes, 'ingresses'>, host: string, path: string): string | undefined {
  const backend = matchRoute({ ingresses: ['web'], ...routes }, { host, path });
  return backend && ('missing' in backend ? backend.missing : backend.service);
}

describe('the examples of kubernetes.io, "Ingress", "Examples"', () => {
  it.each<[string, string, string | undefined]>([
    ['/', '/', '/'],
    ['/', '/any/thing', '/'],
    ['=/foo', '/foo', '=/foo'],
    ['=/foo', '/bar', undefined],
    ['=/foo', '/foo/', undefined],
    ['=/foo/', '/foo', undefined],
    ['/foo', '/foo', '/foo'],
    ['/foo', '/foo/', '/foo'],
    ['/foo/', '/foo', '/foo/'],
    ['/foo/', '/foo/', '/foo/'],
    ['/aaa/bb', '/aaa/bbb', undefined],
    ['/aaa/bbb', '/aaa/bbb', '/aaa/bbb'],
    ['/aaa/bbb/', '/aaa/bbb', '/aaa/bbb/'],
    ['/aaa/bbb', '/aaa/bbb/', '/aaa/bbb'],
    ['/aaa/bbb', '/aaa/bbb/ccc', '/aaa/bbb'],
    ['/aaa/bbb', '/aaa/bbbxyz', undefined],
    ['/ /aaa', '/aaa/ccc', '/aaa'],
    ['/aaa /', '/aaa/bbb', '/aaa'],
    ['/ /aaa /aaa/bbb', '/aaa/bbb', '/aaa/bbb'],
    ['/ /aaa /aaa/bbb', '/ccc', '/'],
    ['/aaa', '/ccc', undefined],
    ['/foo =/foo', '/foo', '=/foo'],
    ['=/foo /foo', '/foo', '=/foo'],
  ])('paths %s, request %s', (paths, path, expected) => {
    const hosts = [{ paths: paths.split(' ').map(pathOf) }];
    expect(matched({ hosts }, 'any.example.com', path)).toBe(expected);
    expect(matched({ hosts, otherwise: to('default') }, 'any.example.com', path)).toBe(expected ?? 'default');
  });

  it.each([
    ['bar.foo.com', 'matches'],
    ['baz.bar.foo.com', undefined],
    ['foo.com', undefined],
    ['', undefined],
    ['.foo.com', undefined],
  ])('*.foo.com, request to %s', (host, expected) => {
    const hosts = [{ host: '*.foo.com', paths: [{ ...pathOf('/'), backend: to('matches') }] }];
    expect(matched({ hosts }, host, '/')).toBe(expected);
  });
});

describe('paths', () => {
  it.each([
    ['/foo/ =/foo', '/foo', '=/foo'],
    ['=/foo/ /foo', '/foo/', '=/foo/'],
    ['/aaa =/aaa/bbb /aaa/bbb/ccc', '/aaa/bbb', '=/aaa/bbb'],
    ['/aaa =/aaa/bbb /aaa/bbb/ccc', '/aaa/bbb/ccc/d', '/aaa/bbb/ccc'],
    ['/Foo', '/foo', undefined],
    ['/a%20b', '/a b', undefined],
    ['/foo', '/foo/../bar', '/foo'],
    ['/foo', '*', undefined],
  ])('%s, request %s', (paths, path, expected) => {
    expect(matched({ hosts: [{ paths: paths.split(' ').map(pathOf) }] }, '', path)).toBe(expected);
  });
});

describe('hosts', () => {
  const rule = (host: string | undefined, path: string, otherwise?: string): IngressHost => ({
    ...(host !== undefined && { host }),
    paths: [{ ...pathOf(path), backend: to(`${host} ${path}`) }],
    ...(otherwise !== undefined && { otherwise: to(otherwise) }),
  });
  const hosts = [rule(undefined, '/'), rule('*.example.com', '/'), rule('shop.example.com', '/api')];

  it.each([
    ['shop.example.com', '/api/1', 'shop.example.com /api'],
    ['other.example.com', '/api', '*.example.com /'],
    ['example.com', '/api', 'undefined /'],
    ['', '/', 'undefined /'],
    // The host decides before the path, so other hosts do not get it.
    ['shop.example.com', '/', undefined],
  ])('%s%s', (host, path, expected) => {
    expect(matched({ hosts }, host, path)).toBe(expected);
  });

  it('have a backend for the paths that no rule has', () => {
    const some = [rule('a.com', '/api', 'rest of a'), rule('b.com', '/api')];
    expect(matched({ hosts: some, otherwise: to('rest') }, 'a.com', '/')).toBe('rest of a');
    expect(matched({ hosts: some, otherwise: to('rest') }, 'b.com', '/')).toBe('rest');
    expect(matched({ hosts: some }, 'c.com', '/api')).toBeUndefined();
  });
});

it.each([
  ['/a?b=/c', 'Shop.Example.COM:8080', 'shop.example.com', '/a', '/a?b=/c'],
  ['/', 'shop.localhost.', 'shop.localhost', '/', '/'],
  ['/a//b?', undefined, '', '/a//b', '/a//b?'],
  ['/', '[::1]:8080', '[::1]', '/', '/'],
  ['http://shop.example.com:80/a?b', 'proxy', 'shop.example.com', '/a', '/a?b'],
  ['http://shop.example.com', 'proxy', 'shop.example.com', '/', '/'],
  ['HTTP://shop.example.com?b', 'proxy', 'shop.example.com', '/', '/?b'],
  ['*', 'shop.example.com', 'shop.example.com', '*', '*'],
])('reads %s with the host %s', (url, header, host, path, pathAndQuery) => {
  expect(requestTarget(url, header)).toEqual({ host, path, pathAndQuery });
});
