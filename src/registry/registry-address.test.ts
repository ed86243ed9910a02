import { expect, test } from 'vitest';
import { isLoopback, registryOrigins } from './registry-address.ts';

test.each([
  ['docker.io', false, ['https://registry-1.docker.io/']],
  ['r.example:5000', false, ['https://r.example:5000/']],
  ['10.0.0.1:5000', false, ['https://10.0.0.1:5000/']],
  ['localhost:5000', false, ['https://localhost:5000/', 'http://localhost:5000/']],
  ['[::1]:5000', false, ['https://[::1]:5000/', 'http://[::1]:5000/']],
  ['r.example:5000', true, ['http://r.example:5000/', 'https://r.example:5000/ with any certificate']],
  ['127.0.0.1:5000', true, ['http://127.0.0.1:5000/', 'https://127.0.0.1:5000/ with any certificate']],
])('%s, insecure: %s', (registry, insecure, expected) => {
  const origins = registryOrigins(registry, insecure);
  expect(origins.map((each) => each.origin.href + (each.anyCertificate ? ' with any certificate' : ''))).toEqual(
    expected,
  );
});

test.each([
  ['localhost', true],
  ['LOCALHOST', true],
  ['kind.localhost', true],
  ['127.0.0.1', true],
  ['127.10.0.255', true],
  ['[::1]', true],
  ['localhost.example', false],
  ['127.0.0.1.example', false],
  ['128.0.0.1', false],
  ['notlocalhost', false],
])('%s is this machine: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
