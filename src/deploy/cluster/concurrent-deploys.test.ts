import { describe, expect, test } from 'vitest';
import { clusterDeploys, configMap, secret } from '../../../test/rigs/cluster-deploys.ts';
import { InterruptingClient } from '../../../test/rigs/interrupting-client.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { openTestCluster, type TestCluster } from '../../../test/rigs/test-cluster.ts';
import { ApplySetParent } from './apply-set-parent.ts';

const opened = await openTestCluster();

describe.skipIf('skip' in opened)(`concurrent deploys${'skip' in opened ? `: ${opened.skip}` : ''}`, () => {
  const cluster = opened as TestCluster;
  const { kubectl, at, deploy, deployed, remove, warningsIn } = clusterDeploys(cluster);
  /** Deploys of a client that does something else before the request. */
  const during = (method: string, path: string, act: () => Promise<unknown>) => {
    const isMet = (one: string, where: string) => one === method && where.includes(path);
    const client = new InterruptingClient(cluster.client, isMet, act);
    return { target: { client, namespace: cluster.namespace } };
  };
  const namesLeft = async () =>
    (await kubectl('get', 'configmaps,secrets', '-o', 'name'))
      .split('\n')
      .filter((name) => name !== '' && !name.endsWith('kube-root-ca.crt'));
  const problemsOf = (outcome: unknown) =>
    (outcome as { failure?: { problems?: readonly object[] } }).failure?.problems;

  test('a deploy whose record is removed while it runs fails, and what it applied can be removed', async () => {
    await deployed('cut', [configMap('first')]);
    const cut = during('PATCH', 'configmaps/second', async () => {
      expect(await remove('cut')).toEqual(['ConfigMap/first removed']);
    });
    const { outcome } = await deploy('cut', [configMap('first', { b: '1' }), configMap('second')], cut);
    expect(problemsOf(outcome)).toEqual([
      expect.objectContaining({
        object: 'configmap/slipway-cut',
        detail: expect.stringContaining('was removed while it ran') as string,
      }),
    ]);
    expect(await namesLeft()).toContain('configmap/slipway-cut');
    await remove('cut');
    expect(await namesLeft()).toEqual([]);
  });

  test('a removal begins again if a deploy ran while it removed objects', async () => {
    await deployed('late', [configMap('first')]);
    const late = during('DELETE', 'configmaps/first', async () => await deployed('late', [configMap('second')]));
    await remove('late', late);
    expect(await namesLeft()).toEqual([]);
  });

  test('the objects of two deploys at once are recorded, and both are removed', async () => {
    const both = during('PATCH', 'configmaps/one', async () => {
      expect(await deployed('both', [secret])).toEqual(['Secret/secret created: it did not exist']);
    });
    const { outcome, observed } = await deploy('both', [configMap('one')], both);
    expect(outcome.status).toBe('succeeded');
    expect(warningsIn(observed)).toEqual([expect.stringContaining('another deploy of "both" ran at the same time')]);
    expect((await remove('both')).sort()).toEqual(['ConfigMap/one removed', 'Secret/secret removed']);
    expect(await namesLeft()).toEqual([]);
  });

  test('a deploy removes nothing that another one may have applied at the same time', async () => {
    await deployed('prunes', [configMap('one'), secret]);
    const more = { ...secret, stringData: { a: 'c' } };
    const prunes = during('PATCH', 'configmaps/two', async () => await deployed('prunes', [configMap('one'), more]));
    const { outcome } = await deploy('prunes', [configMap('one'), configMap('two')], prunes);
    expect(outcome.status).toBe('succeeded');
    expect(await namesLeft()).toContain('secret/secret');
    expect(await deployed('prunes', [configMap('one')])).toEqual([
      'ConfigMap/one unchanged',
      'ConfigMap/two removed',
      'Secret/secret removed',
    ]);
    await remove('prunes');
  });

  test('a deploy fails if another one removed its objects', async () => {
    // A Service is applied after ConfigMaps.
    const last = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'last' }, spec: { ports: [{ port: 80 }] } };
    const lost = during('PATCH', 'services/last', async () => await deployed('lost', [configMap('theirs')]));
    const { outcome } = await deploy('lost', [configMap('ours'), last], lost);
    expect(problemsOf(outcome)).toEqual([
      expect.objectContaining({
        object: 'configmap/ours',
        detail: expect.stringContaining('another deploy of the same name, or its removal, deleted it') as string,
      }),
    ]);
    expect(await remove('lost')).toEqual(['Service/last removed', 'ConfigMap/theirs removed']);
    expect(await namesLeft()).toEqual([]);
  });

  test.each(['first', 'second'])('the record has what both need, if the %s deploy ends first', async (ends) => {
    const name = `record-${ends}`;
    const work = recordingWork().work;
    const access = { client: cluster.client, clock: work.clock, signal: work.signal, withinMs: 1_000 };
    const [first, second] = [0, 1].map(() => new ApplySetParent(access, name, cluster.namespace));
    if (first === undefined || second === undefined) throw new Error('two deploys');
    const of = (kind: string) => ({ groupKinds: [kind], namespaces: [] });
    await first.read();
    await first.begin(of('ConfigMap'));
    expect(await first.isUntouched()).toBe(true);
    await second.read();
    await second.begin(of('Secret'));
    expect(await first.isUntouched()).toBe(false);
    const order = ends === 'first' ? [first, second] : [second, first];
    for (const parent of order) await parent.end(of(parent === first ? 'ConfigMap' : 'Secret'), true);
    const third = new ApplySetParent(access, name, cluster.namespace);
    expect(await third.read()).toEqual({ groupKinds: ['ConfigMap', 'Secret'], namespaces: [] });
    // Alone again, it forgets what is no longer there.
    await third.begin(of('Service'));
    expect(await third.end(of('Service'), true)).toBe('alone');
    expect(await third.read()).toEqual({ groupKinds: ['Service'], namespaces: [] });
    expect(await third.remove()).toBe(true);
    expect(await at(name, []).remove(work)).toMatchObject({ status: 'succeeded' });
  });
});
