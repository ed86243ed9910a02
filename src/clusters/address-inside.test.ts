import { expect, test } from 'vitest';
import { addressInside } from './address-inside.ts';

test.each([
  ['https://127.0.0.1:6443', 'https://kubernetes.default.svc'],
  ['https://prod.example.org', 'https://kubernetes.default.svc'],
  ['https://rancher.example.org/k8s/clusters/c-1', undefined],
  ['http://127.0.0.1:8001', undefined],
])('%s is %s from inside', (server, expected) => {
  expect(addressInside(server)).toBe(expected);
});
