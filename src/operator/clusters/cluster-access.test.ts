import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import type { ClusterEntry } from '../file/operator-file.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import { kubeconfigFiles } from '../../clusters/access/read-kubeconfig.ts';
import { Clusters, prepareClusters, type ClusterSources } from './cluster-access.ts';

const signal = new AbortController().signal;
const at = { source: new SourceText('config.yaml', ''), start: 0, end: 0 };

/** A user with a kubeconfig at home, and an operator's kubeconfig. */
function world() {
  const folder = temporaryFolder();
  mkdirSync(`${folder.path}/.kube`);
  writeFileSync(
    `${folder.path}/.kube/config`,
    'current-context: dev\ncontexts:\n- {name: dev, context: {cluster: c, user: u}}\n- {name: old, context: {cluster: c, user: provider}}\nclusters:\n- {name: c, cluster: {server: "https://dev", certificate-authority: ca.pem}}\nusers:\n- {name: u, user: {token: of-dev}}\n- {name: provider, user: {auth-provider: {name: gcp}}}\n',
  );
  writeFileSync(`${folder.path}/.kube/ca.pem`, 'authority');
  writeFileSync(
    `${folder.path}/prod`,
    JSON.stringify({
      'current-context': 'p',
      contexts: [{ name: 'p', context: { cluster: 'c', user: 'u', namespace: 'own' } }],
      clusters: [{ name: 'c', cluster: { server: 'https://prod' } }],
      users: [{ name: 'u', user: { token: 'of-prod' } }],
    }),
  );
  const clusters = (entries: Readonly<Record<string, Omit<ClusterEntry, 'at'>>>, more: Partial<ClusterSources> = {}) =>
    new Clusters(
      {
        clusters: new Map(Object.entries(entries).map(([name, entry]) => [name, { ...entry, at }])),
        env: {},
        home: folder.path,
        clock: new ManualClock(),
        ...more,
      },
      signal,
    );
  return { path: folder.path, clusters, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

describe('a step goes to', () => {
  test('the cluster that the operator means by the name, with the namespace that he gives it', async () => {
    using w = world();
    const access = await w.clusters({ prod: { kubeconfig: `${w.path}/prod`, namespace: 'shop' } }).access('prod');
    expect(access).toMatchObject({
      described: 'cluster prod (context p of ~/prod)',
      server: 'https://prod',
      namespace: 'shop',
      secrets: ['of-prod'],
    });
    expect(access).toMatchObject({ kubeconfig: expect.stringContaining('"namespace": "shop"') as string });
  });

  test('the one of the command line where it names none, with all that its kubeconfig refers to', async () => {
    using w = world();
    const access = await w.clusters({}, { kubeContext: 'dev' }).access(undefined);
    expect(access).toMatchObject({ described: 'context dev of ~/.kube/config', server: 'https://dev' });
    expect(access).toMatchObject({
      kubeconfig: expect.stringContaining(Buffer.from('authority').toString('base64')) as string,
    });
  });

  test('kubectl-config where it names none and the operator maps that', async () => {
    using w = world();
    expect(
      await w.clusters({ 'kubectl-config': { context: 'dev' } }, { kubeContext: 'other' }).access(undefined),
    ).toMatchObject({ described: 'cluster kubectl-config (context dev of ~/.kube/config)' });
  });

  test('none unless one is named: the current context does not count', async () => {
    using w = world();
    expect(await w.clusters({}).access(undefined)).toBeUndefined();
  });
});

test('files of KUBECONFIG are merged, and those that are not there passed over', async () => {
  using w = world();
  const env = { KUBECONFIG: `${w.path}/none:${w.path}/prod::${w.path}/.kube/config` };
  expect(kubeconfigFiles({ env, home: w.path })).toEqual([
    `${w.path}/none`,
    `${w.path}/prod`,
    `${w.path}/.kube/config`,
  ]);
  expect(await w.clusters({}, { env, kubeContext: 'dev' }).access(undefined)).toMatchObject({
    described: 'context dev of ~/.kube/config',
    server: 'https://prod',
  });
});

test.each([
  [
    'a file that is not there',
    { kubeconfig: '/no/such/kubeconfig' },
    /^cluster x: \/no\/such\/kubeconfig: the file does not exist$/,
  ],
  [
    'a context that is not there',
    { context: 'nowhere' },
    /^cluster x: ~\/\.kube\/config has no context `nowhere`; contexts: `dev` or `old`$/,
  ],
  ['a kind of login that is gone', { context: 'old' }, /auth-provider/],
])('%s is told before anything runs, once', async (_, entry, says) => {
  using w = world();
  const prepared = await prepareClusters({ clusters: ['x'], commandLineCluster: false }, w.clusters({ x: entry }));
  expect(prepared).toMatchObject({
    secrets: [],
    diagnostics: [{ code: 'W065', message: expect.stringMatching(says) as string }],
  });
});

test('a missing kubeconfig of --kube-context is reported with what to do', async () => {
  using w = world();
  expect(await w.clusters({}, { kubeContext: 'dev', env: { KUBECONFIG: `${w.path}/none` } }).access(undefined)).toBe(
    '--kube-context: ~/none: the file does not exist; to use another kubeconfig, set KUBECONFIG',
  );
});

test('what clusters are logged in with is to be hidden', async () => {
  using w = world();
  const clusters = w.clusters({ prod: { kubeconfig: `${w.path}/prod` } }, { kubeContext: 'dev' });
  expect(await prepareClusters({ clusters: ['prod'], commandLineCluster: true }, clusters)).toEqual({
    secrets: ['of-prod', 'of-dev'],
    diagnostics: [],
  });
});
