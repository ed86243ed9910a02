import { expect, it } from 'vitest';
import { helmFailure, lastError, supportedMajor } from './run-helm.ts';

it.each([
  ['v3.19.0', 3],
  ['v3.19', 3],
  ['v3.13.0+g825e86f', 3],
  ['v4.0.0\n', 4],
  ['4.1.0-rc.1', 4],
])('%s is Helm %i', (version, value) => {
  expect(supportedMajor(version)).toEqual({ status: 'succeeded', value });
});

it.each([
  ['v3.12.3', 'helm v3.12.3 is not supported'],
  ['v2.17.0', 'helm v2.17.0 is not supported'],
  ['v5.0.0', 'helm v5.0.0 is not supported'],
  ['', 'a helm that does not print its version is not supported'],
])('%j is refused', (version, detail) => {
  expect(supportedMajor(version)).toEqual({
    status: 'failed',
    failure: {
      code: 'unsupported',
      detail: `${detail}: install Helm 3.13 or newer, or Helm 4: https://helm.sh/docs/intro/install/`,
    },
  });
});

it.each([
  ['Error: release: not found\n', 'release: not found'],
  ['WARNING: old\nError: UPGRADE FAILED: a\nb\n', 'UPGRADE FAILED: a\nb'],
  ['no prefix\n', 'no prefix'],
])('the message of %j', (stderr, expected) => {
  expect(lastError(stderr)).toBe(expected);
});

const failure = { code: 'exit-nonzero', exitCode: 1 } as const;

it.each([
  ['Error: no', { ...failure, command: 'helm upgrade web' }],
  [
    'Error: list: failed to list: secrets is forbidden: User "dev" cannot list resource "secrets" in API group ""',
    {
      code: 'forbidden',
      detail: 'list: failed to list: secrets is forbidden: User "dev" cannot list resource "secrets" in API group ""',
    },
  ],
  [
    'Error: Kubernetes cluster unreachable: Get "https://x/version": dial tcp: refused',
    {
      code: 'runtime-lost',
      detail: 'Kubernetes cluster unreachable: Get "https://x/version": dial tcp: refused',
      by: 'cluster',
    },
  ],
])('the failure of %j', (stderr, expected) => {
  expect(helmFailure(failure, stderr, 'helm upgrade web')).toEqual(expected);
});
