import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import { findPodAccount, podOf } from './pod-account.ts';

const signal = new AbortController().signal;
const token = (claims: object) => `head.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;
const bound = token({ 'kubernetes.io': { namespace: 'ci', pod: { name: 'slipway-0', uid: 'u-1' } } });

test('the account of a pod leads to its cluster and namespace, with its current token', async () => {
  using folder = temporaryFolder();
  const clock = new ManualClock();
  const write = (name: string, text: string) => writeFileSync(`${folder.path}/${name}`, text);
  write('token', `${bound}\n`);
  write('namespace', 'ci\n');
  write('ca.crt', 'authority');
  const account = await findPodAccount({
    env: { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' },
    clock,
    folder: folder.path,
  });
  expect(account).toMatchObject({
    access: { server: 'https://[fd00::1]:6443', namespace: 'ci' },
    pod: { name: 'slipway-0', uid: 'u-1', namespace: 'ci' },
  });
  write('token', 'next');
  expect(await account?.access.login.credentials(false, signal)).toEqual({ token: 'next' });
});

test('there is no account outside of pods, or if it is not mounted', async () => {
  using folder = temporaryFolder();
  const look = async (env: Record<string, string>) =>
    await findPodAccount({ env, clock: new ManualClock(), folder: folder.path });
  expect(await look({ KUBERNETES_SERVICE_HOST: '10.0.0.1' })).toBeUndefined();
  writeFileSync(`${folder.path}/token`, bound);
  expect(await look({})).toBeUndefined();
  expect(await look({ KUBERNETES_SERVICE_HOST: '10.0.0.1' })).toMatchObject({
    access: { server: 'https://10.0.0.1:443' },
  });
});

test.each([
  ['of a pod', bound, { name: 'slipway-0', uid: 'u-1', namespace: 'ci' }],
  ['without a pod', token({ 'kubernetes.io': { namespace: 'ci', serviceaccount: { name: 'x' } } }), undefined],
  ['invalid', 'opaque', undefined],
])('a token %s', (_, text, expected) => {
  expect(podOf(text)).toEqual(expected);
});
