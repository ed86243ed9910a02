import { expect, test } from 'vitest';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import { connectionOf, kubeconfigOf, openContext } from './context-access.ts';
import type { Fields } from './kubeconfig.ts';

const opened = async (cluster: Fields, user: Fields = {}, namespace?: string) => {
  const content = {
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u', namespace: 'own' } }],
    clusters: [{ name: 'k', cluster }],
    users: [{ name: 'u', user }],
  };
  const access = await openContext({
    files: [{ path: '/config', content }],
    env: {},
    clock: new ManualClock(),
    ...(namespace !== undefined && { namespace }),
  });
  if (typeof access === 'string') throw new Error(access);
  return access;
};

test('a connection uses the kubeconfig, in the namespace of the operator or the context', async () => {
  const cluster = {
    server: 'https://c:6443',
    'certificate-authority-data': Buffer.from('authority').toString('base64'),
    'tls-server-name': 'kubernetes',
    'insecure-skip-tls-verify': true,
  };
  expect(connectionOf(await opened(cluster), 'context c')).toMatchObject({
    described: 'context c',
    context: 'c',
    server: 'https://c:6443',
    namespace: 'own',
    authority: 'authority',
    serverName: 'kubernetes',
    insecure: true,
  });
  expect(connectionOf(await opened({ server: 'https://c' }, {}, 'ci'), '')).toMatchObject({ namespace: 'ci' });
});

test.each<[string, Fields, Fields, RegExp]>([
  ['a proxy', { server: 'https://c', 'proxy-url': 'http://p' }, {}, /proxy-url/],
  ['impersonation', { server: 'https://c' }, { as: 'admin' }, /`as`/],
  ['an invalid address', { server: 'c:6443' }, {}, /"c:6443"/],
])('%s is reported', async (_, cluster, user, says) => {
  expect(connectionOf(await opened(cluster, user), '')).toMatch(says);
});

test('a tool gets the same context, with another address if needed', async () => {
  const access = await opened({
    server: 'https://127.0.0.1:6443',
    'certificate-authority-data': 'Y2E=',
    'proxy-url': 'http://p',
  });
  expect(JSON.parse(kubeconfigOf(access, { token: 't' }, 'https://kubernetes.default.svc'))).toMatchObject({
    clusters: [{ cluster: { server: 'https://kubernetes.default.svc', 'certificate-authority-data': 'Y2E=' } }],
    contexts: [{ context: { namespace: 'own' } }],
    users: [{ user: { token: 't' } }],
  });
});
