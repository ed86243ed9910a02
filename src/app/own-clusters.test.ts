import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/rigs/file-tree.ts';
import { ManualClock } from '../../test/rigs/manual-clock.ts';
import { noOperatorFile } from '../config/operator/operator-file.ts';
import type { OwnClusterSources } from './own-cluster.ts';
import { OwnClusters } from './own-clusters.ts';

function kubeconfig(current: string, server = 'https://dev'): string {
  return JSON.stringify({ 'current-context': current, contexts: ['dev', 'prod'].map((name) => ({ name, context: { cluster: name, namespace: `of-${name}` } })), clusters: [{ name: 'dev', cluster: { server } }, { name: 'prod', cluster: { server: 'https://prod' } }] });
}

/** A user with a kubeconfig, or the account of a pod. */
function world(config: string | undefined, account?: string) {
  const folder = temporaryFolder();
  const write = (text: string) => writeFileSync(`${folder.path}/.kube/config`, text);
  mkdirSync(`${folder.path}/.kube`);
  if (config !== undefined) write(config);
  if (account !== undefined) writeFileSync(`${folder.path}/token`, `.${Buffer.from(account).toString('base64url')}.`);
  writeFileSync(`${folder.path}/namespace`, 'of-pod');
  const clusters = (more: Partial<OwnClusterSources> = {}) =>
    new OwnClusters({ env: { KUBERNETES_SERVICE_HOST: 'inside' }, home: folder.path, clock: new ManualClock(), operator: async () => await Promise.resolve({ value: noOperatorFile, diagnostics: [] }), accountFolder: folder.path, ...more });
  return { write, clusters, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

test('a run comes back to where it was, whatever is the current context by then', async () => {
  using w = world(kubeconfig('dev'));
  const before = await w.clusters().of('kubernetes');
  if (typeof before === 'string') throw new Error(before);
  expect(before.place).toEqual({ context: 'dev', server: 'https://dev', namespace: 'of-dev' });
  expect(before.connection).toMatchObject({ described: 'context dev', namespace: 'of-dev' });
  w.write(kubeconfig('prod'));
  expect(await w.clusters().of('kubernetes')).toMatchObject({ place: { context: 'prod' } });
  expect(await w.clusters({ again: before.place }).of('kubernetes')).toMatchObject({ place: before.place });
});

test('a context that leads elsewhere by now is refused to whoever goes on', async () => {
  using w = world(kubeconfig('dev', 'https://another'));
  expect(await w.clusters({ again: { context: 'dev', server: 'https://dev', namespace: 'of-dev' } }).of('kubernetes')).toBe('context dev is https://another now, and was https://dev when the run was begun');
});

const ofPod = JSON.stringify({ 'kubernetes.io': { namespace: 'of-pod', pod: { name: 'me', uid: 'u' } } });

test('the account of a pod is taken only where there is no kubeconfig and nobody names a context; pods are its own then', async () => {
  using inPod = world(undefined, ofPod);
  expect(await inPod.clusters().of('kubernetes')).toMatchObject({ place: { server: 'https://inside:443', namespace: 'of-pod' }, connection: { described: 'the account of this pod' }, owner: { name: 'me', uid: 'u' } });
  expect(await inPod.clusters({ kubeContext: 'dev' }).of('kubernetes')).toBe('~/.kube/config: there is no such file');
  const elsewhere = await inPod.clusters({ again: { server: 'https://inside:443', namespace: 'other' } }).of('kubernetes');
  expect(elsewhere).toMatchObject({ connection: { namespace: 'other' } });
  expect(elsewhere).not.toHaveProperty('owner');
  using both = world(kubeconfig('dev'), ofPod);
  expect(await both.clusters().of('kubernetes')).toMatchObject({ place: { context: 'dev' } });
});

test('what cannot be had is told in a sentence, and is looked for once', async () => {
  using w = world(undefined);
  const clusters = w.clusters();
  expect(await clusters.of('kubernetes')).toBe('~/.kube/config: there is no such file');
  w.write(kubeconfig('dev'));
  expect(await clusters.of('kubernetes')).toBe('~/.kube/config: there is no such file');
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
