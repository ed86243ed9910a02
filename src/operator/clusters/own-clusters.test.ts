import type { RunCluster } from '../../model/run-cluster.ts';
import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import { noOperatorFile, type OperatorFile } from '../file/operator-file.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import type { OwnClusterSources } from './own-cluster.ts';
import { OwnClusters } from './own-clusters.ts';

const nowhere = new SourceText('config.yaml', '').span(0, 0);

function kubeconfig(current: string, server = 'https://dev'): string {
  return JSON.stringify({
    'current-context': current,
    contexts: ['dev', 'prod'].map((name) => ({ name, context: { cluster: name, namespace: `of-${name}` } })),
    clusters: [
      { name: 'dev', cluster: { server } },
      { name: 'prod', cluster: { server: 'https://prod' } },
    ],
  });
}

/** A user with a kubeconfig, or the service account of a pod. */
function world(config: string | undefined, account?: string) {
  const folder = temporaryFolder();
  const write = (text: string) => writeFileSync(`${folder.path}/.kube/config`, text);
  mkdirSync(`${folder.path}/.kube`);
  if (config !== undefined) write(config);
  if (account !== undefined) writeFileSync(`${folder.path}/token`, `.${Buffer.from(account).toString('base64url')}.`);
  writeFileSync(`${folder.path}/namespace`, 'of-pod');
  const clusters = (more: Partial<OwnClusterSources> = {}) =>
    new OwnClusters({
      env: { KUBERNETES_SERVICE_HOST: 'inside' },
      home: folder.path,
      clock: new ManualClock(),
      operator: async () => await Promise.resolve({ value: noOperatorFile, diagnostics: [] }),
      accountFolder: folder.path,
      ...more,
    });
  return { write, clusters, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

test('a run comes back to where it was, whatever is the current context by then', async () => {
  using w = world(kubeconfig('dev'));
  const { value: before } = await w.clusters().of('kubernetes');
  if (before === undefined) throw new Error('there is none');
  expect(before.place).toEqual({ context: 'dev', server: 'https://dev', namespace: 'of-dev' });
  expect(before.connection).toMatchObject({ described: 'context dev', namespace: 'of-dev' });
  w.write(kubeconfig('prod'));
  expect(await w.clusters().of('kubernetes')).toMatchObject({ value: { place: { context: 'prod' } } });
  expect(await w.clusters({ again: before.place }).of('kubernetes')).toMatchObject({ value: { place: before.place } });
});

test('a resumed run refuses a context that selects another cluster by now', async () => {
  using w = world(kubeconfig('dev', 'https://another'));
  expect(
    await w.clusters({ again: { context: 'dev', server: 'https://dev', namespace: 'of-dev' } }).of('kubernetes'),
  ).toMatchObject({
    diagnostics: [
      { code: 'W065', message: 'context dev is now https://another, but was https://dev when the run started' },
    ],
  });
});

const noFile = { diagnostics: [{ code: 'W065', message: '~/.kube/config: the file does not exist' }] };
const ofPod = JSON.stringify({ 'kubernetes.io': { namespace: 'of-pod', pod: { name: 'me', uid: 'u' } } });

test('the account of a pod is used only without a kubeconfig and a named context; pods belong to it then', async () => {
  using inPod = world(undefined, ofPod);
  expect(await inPod.clusters().of('kubernetes')).toMatchObject({
    value: {
      place: { server: 'https://inside:443', namespace: 'of-pod' },
      connection: { described: 'the account of this pod' },
      owner: { name: 'me', uid: 'u' },
    },
  });
  expect(await inPod.clusters({ kubeContext: 'dev' }).of('kubernetes')).toMatchObject(noFile);
  const { value: elsewhere } = await inPod
    .clusters({ again: { server: 'https://inside:443', namespace: 'other' } })
    .of('kubernetes');
  expect(elsewhere).toMatchObject({ connection: { namespace: 'other' } });
  expect(elsewhere).not.toHaveProperty('owner');
  using both = world(kubeconfig('dev'), ofPod);
  expect(await both.clusters().of('kubernetes')).toMatchObject({ value: { place: { context: 'dev' } } });
});

test('an unusable cluster is reported, and searched once', async () => {
  using w = world(undefined);
  const clusters = w.clusters();
  expect(await clusters.of('kubernetes')).toMatchObject(noFile);
  w.write(kubeconfig('dev'));
  expect(await clusters.of('kubernetes')).toMatchObject(noFile);
});

test.each([
  [['kubernetes'], 'object'],
  [['docker'], 'undefined'],
  [['docker', 'kubernetes'], 'undefined'],
  [['kubernetes', 'host'], 'undefined'],
])('of %j the only cluster is %s', async (on, expected) => {
  using w = world(kubeconfig('dev'));
  expect(typeof (await w.clusters().sole(on))).toBe(expected);
});

test('a build names its namespace, and the builder that is used if the operator names none', async () => {
  using w = world(kubeconfig('dev'));
  const builder = { kind: 'kaniko' as const, image: 'kaniko:1', helperImage: 'helper:1' };
  const wanted = { namespace: 'builds', builder };
  const { value: found } = await w.clusters(wanted).of('kubernetes');
  expect(found).toMatchObject({
    place: { namespace: 'builds', builder },
    connection: { namespace: 'builds' },
    settings: { builder },
  });
  // A resumed run has both from its log.
  if (found === undefined) throw new Error('no cluster');
  const { place } = found;
  expect(await w.clusters({ again: place }).of('kubernetes')).toMatchObject({
    value: { place, settings: { builder } },
  });
  const own = { kind: 'buildah' as const, image: 'buildah:1' };
  const withOwn = (kubernetes: Partial<OperatorFile['kubernetes']>): Partial<OwnClusterSources> => ({
    ...wanted,
    operator: async () =>
      await Promise.resolve({
        value: { ...noOperatorFile, kubernetes: { ...noOperatorFile.kubernetes, ...kubernetes } },
        diagnostics: [],
      }),
  });
  const settings = async (kubernetes: Partial<OperatorFile['kubernetes']>) =>
    (await w.clusters(withOwn(kubernetes)).of('kubernetes')).value?.settings.builder;
  expect(await settings({ builder: own })).toEqual(own);
  expect(await settings({ helperImage: 'mine' })).toEqual({ kind: 'kaniko', image: 'kaniko:1' });
});

const mapped: OperatorFile = {
  ...noOperatorFile,
  files: ['config.yaml'],
  clusters: new Map([
    ['prod', { context: 'prod', at: nowhere }],
    ['old', { context: 'gone', at: nowhere }],
  ]),
};

test.each<
  [
    string,
    readonly string[],
    { readonly config?: string; readonly kubeContext?: string; readonly again?: RunCluster },
    readonly string[],
  ]
>([
  ['all is there', ['kubernetes'], {}, []],
  [
    'a context that nobody has',
    ['kubernetes'],
    { kubeContext: 'prdo' },
    ['W080 --kube-context: ~/.kube/config has no context `prdo`, did you mean `prod`?; contexts: `dev` or `prod`'],
  ],
  [
    'a name that nobody has mapped',
    ['kubernetes:prdo'],
    {},
    [
      "W081 `kubernetes:prdo`: the operator's file maps no cluster `prdo`, did you mean `prod`?; clusters: `prod` or `old`; to add one, edit config.yaml",
    ],
  ],
  [
    'a name for a context that is gone',
    ['kubernetes:old'],
    {},
    ['W080 cluster old: ~/.kube/config has no context `gone`; contexts: `dev` or `prod`'],
  ],
  [
    'a run that was on a context that is gone',
    ['kubernetes'],
    { again: { context: 'gone', server: 'https://gone', namespace: 'ci' } },
    ['W080 the run’s cluster: ~/.kube/config has no context `gone`; contexts: `dev` or `prod`'],
  ],
  [
    'no current context',
    ['kubernetes'],
    { config: JSON.stringify({ contexts: [{ name: 'dev', context: {} }] }) },
    ['W065 --on kubernetes: ~/.kube/config has no current context; choose one with --kube-context: `dev`'],
  ],
  [
    'a kubeconfig that is none',
    ['kubernetes'],
    { config: '{' },
    [expect.stringMatching(/^W065 ~\/\.kube\/config: /) as string],
  ],
  ['no cluster is meant', ['docker'], { kubeContext: 'prdo' }, []],
  [
    'elsewhere will do, but the name is wrong all the same',
    ['docker', 'kubernetes:prdo'],
    {},
    [expect.stringMatching(/^W081/) as string],
  ],
  [
    'elsewhere will do, and the context is wrong all the same',
    ['docker', 'kubernetes'],
    { kubeContext: 'prdo' },
    [expect.stringMatching(/^W080/) as string],
  ],
  ['elsewhere will do where there is no current context', ['docker', 'kubernetes'], { config: '{}' }, []],
])(
  'where a run is to be is judged by files alone: %s',
  async (_, on, { config = kubeconfig('dev'), ...place }, expected) => {
    using w = world(config);
    const clusters = w.clusters({
      ...place,
      operator: async () => await Promise.resolve({ value: mapped, diagnostics: [] }),
    });
    expect(
      (await clusters.mistakes(on)).map(
        ({ code, message, help }) => `${code} ${message}${help === undefined ? '' : `; ${help}`}`,
      ),
    ).toEqual(expected);
  },
);

test('without a kubeconfig it is said where one is looked for, unless steps may as well run elsewhere', async () => {
  using w = world(undefined);
  expect(await w.clusters().mistakes(['kubernetes'])).toMatchObject([
    { code: 'W065', help: expect.stringContaining('KUBECONFIG') as string },
  ]);
  expect(await w.clusters({ kubeContext: 'dev' }).mistakes(['docker', 'kubernetes'])).toEqual([]);
});
