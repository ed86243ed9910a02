import { expect, test } from 'vitest';
import { isLoopback } from './is-loopback.ts';

test.each([
  ['https://127.0.0.1:6443', true],
  ['https://127.8.9.10', true],
  ['https://localhost/path', true],
  ['https://api.localhost:1', true],
  ['https://[::1]:6443', true],
  ['https://0.0.0.0:6550', true],
  ['oci://LocalHost:5000/charts', true],
  ['127.0.0.1:5000/charts', true],
  ['http://user@127.0.0.1/', true],
  ['https://10.0.0.1:6443', false],
  ['https://127.0.0.1.example.org', false],
  ['https://example.org/127.0.0.1', false],
  ['https://[2001:db8::1]:6443', false],
  ['./charts/localhost', false],
  ['', false],
])('%s: %s', (address, local) => {
  expect(isLoopback(address)).toBe(local);
});
