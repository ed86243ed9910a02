import { describe, expect, test } from 'vitest';
import {
  embedded,
  filesOf,
  kubeconfigText,
  mergeKubeconfigs,
  pickContext,
  secretsOfUser,
  type Entry,
  type KubeconfigFile,
} from './kubeconfig.ts';

const context = (name: string, cluster: string, user?: string, namespace?: string) => ({
  name,
  context: { cluster, ...(user && { user }), ...(namespace && { namespace }) },
});
const cluster = (name: string, server: string) => ({ name, cluster: { server } });
const user = (name: string, token: string) => ({ name, user: { token } });

const first: KubeconfigFile = {
  path: '/one/config',
  content: {
    'current-context': '',
    contexts: [context('dev', 'near', 'me')],
    clusters: [cluster('near', 'https://one')],
    users: [user('me', 'first')],
  },
};
const second: KubeconfigFile = {
  path: '/two/config',
  content: {
    'current-context': 'prod',
    contexts: [context('dev', 'far', 'you'), context('prod', 'far', 'me', 'shop'), context('bare', 'near')],
    clusters: [cluster('near', 'https://two'), cluster('far', 'https://far')],
    users: [user('me', 'second'), user('you', 'third')],
  },
};

describe('several files', () => {
  const merged = mergeKubeconfigs([
    first,
    second,
    { path: '/three', content: undefined },
    { path: '/four', content: { contexts: 'x', users: [7, null] } },
  ]);

  test('are merged, and the first file with a name wins', () => {
    expect(pickContext(merged, undefined)).toEqual({
      name: 'prod',
      file: '/two/config',
      namespace: 'shop',
      cluster: { file: '/two/config', fields: { server: 'https://far' } },
      user: { file: '/one/config', fields: { token: 'first' } },
    });
    expect(pickContext(merged, 'dev')).toMatchObject({
      file: '/one/config',
      cluster: { fields: { server: 'https://one' } },
    });
  });

  test('may have contexts without a user', () => {
    expect(pickContext(merged, 'bare')).toMatchObject({
      name: 'bare',
      user: undefined,
      cluster: { fields: { server: 'https://one' } },
    });
  });
});

test.each([
  ['no current context', {}, undefined, 'no current context is set'],
  ['a missing context', { contexts: [context('a', 'c')] }, 'b', 'there is no context "b"; there are "a"'],
  [
    'a missing cluster',
    { contexts: [context('a', 'c')] },
    'a',
    'context "a" refers to the cluster "c", which does not exist',
  ],
  [
    'a cluster without a server',
    { contexts: [context('a', 'c')], clusters: [{ name: 'c', cluster: {} }] },
    'a',
    'the cluster "c" has no server',
  ],
  [
    'a missing user',
    { contexts: [context('a', 'c', 'u')], clusters: [cluster('c', 'https://x')] },
    'a',
    'context "a" refers to the user "u", which does not exist',
  ],
])('%s is reported', (_, content, wanted, says) => {
  expect(pickContext(mergeKubeconfigs([{ path: '/config', content }]), wanted)).toBe(says);
});

describe('files that an entry names', () => {
  const entry = (fields: Entry['fields']): Entry => ({ file: '/home/me/.kube/config', fields });

  test.each([
    [
      { 'certificate-authority': 'ca.pem', 'client-key': '/etc/key', tokenFile: '../token' },
      ['/home/me/.kube/ca.pem', '/etc/key', '/home/me/token'],
    ],
    [{ 'certificate-authority': 'ca.pem', 'certificate-authority-data': 'eA==' }, []],
    [{ token: 'x', tokenFile: 'token' }, ['/home/me/.kube/token']],
    [{}, []],
  ])('%j are the required ones, relative to the folder of their kubeconfig', (fields, files) => {
    expect(filesOf(entry(fields))).toEqual(files);
  });

  test('are replaced by their content; data wins over a file, a token file wins over a token', () => {
    const contents = new Map(
      ['/home/me/.kube/ca', '/home/me/.kube/crt', '/home/me/.kube/tok'].map((path) => [
        path,
        Buffer.from(` ${path.slice(-3)}\n`),
      ]),
    );
    expect(
      embedded(
        entry({
          'certificate-authority': 'ca',
          'client-certificate': 'crt',
          'client-key': 'none',
          'client-key-data': 'a2V5',
          token: 'old',
          tokenFile: 'tok',
          as: 'other',
        }),
        contents,
      ),
    ).toEqual({
      'certificate-authority-data': Buffer.from(' /ca\n').toString('base64'),
      'client-certificate-data': Buffer.from(' crt\n').toString('base64'),
      'client-key-data': 'a2V5',
      token: 'tok',
      as: 'other',
    });
  });
});

test('the kubeconfig of a step has one context and nothing else', () => {
  const text = kubeconfigText({
    name: 'prod',
    namespace: 'shop',
    cluster: { server: 'https://far' },
    user: { token: 't' },
  });
  expect(JSON.parse(text)).toEqual({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'prod',
    contexts: [{ name: 'prod', context: { cluster: 'prod', user: 'prod', namespace: 'shop' } }],
    clusters: [{ name: 'prod', cluster: { server: 'https://far' } }],
    users: [{ name: 'prod', user: { token: 't' } }],
  });
});

test('tokens, passwords and keys are secrets, the PEM header of a key is not', () => {
  const pem = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN\nBgkqhkiG9w0B\n-----END PRIVATE KEY-----\n';
  const data = Buffer.from(pem).toString('base64');
  expect(
    secretsOfUser({
      token: 'tok',
      password: 'pass',
      username: 'me',
      'client-key-data': data,
      'client-certificate-data': 'Y2VydA==',
    }),
  ).toEqual(['tok', 'pass', data, 'MIIEvQIBADAN', 'BgkqhkiG9w0B']);
  expect(secretsOfUser({})).toEqual([]);
});
