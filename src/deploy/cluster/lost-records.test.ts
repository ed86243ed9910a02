import { describe, expect, test } from 'vitest';
import { clusterDeploys, configMap, deployment, secret } from '../../../test/rigs/cluster-deploys.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { openTestCluster, type TestCluster } from '../../../test/rigs/test-cluster.ts';
import { kindsAnnotation, namespacesAnnotation } from './apply-set.ts';

const opened = await openTestCluster();

describe.skipIf('skip' in opened)(`lost records${'skip' in opened ? `: ${opened.skip}` : ''}`, () => {
  const cluster = opened as TestCluster;
  const { kubectl, at, deployed, problems, remove } = clusterDeploys(cluster);
  const all = [deployment('web', { replicas: 0 }), configMap('a'), secret];

  test('a removal finds the objects by their labels', async () => {
    await deployed('gone', all);
    await kubectl('delete', 'configmap', 'slipway-gone');
    expect((await remove('gone')).sort()).toEqual([
      'ConfigMap/a removed',
      'Deployment/web removed',
      'Secret/secret removed',
    ]);
    expect(await remove('gone')).toEqual([]);
  });

  test('the next deploy finds them, too', async () => {
    await deployed('again', all);
    await kubectl('delete', 'configmap', 'slipway-again');
    expect((await deployed('again', [configMap('a')])).sort()).toEqual([
      'ConfigMap/a unchanged',
      'Deployment/web removed',
      'Secret/secret removed',
    ]);
    expect(await remove('again')).toEqual(['ConfigMap/a removed']);
  });

  test('a removal also finds what is missing in the lists', async () => {
    await deployed('short', all);
    await kubectl('annotate', 'configmap', 'slipway-short', `${kindsAnnotation}=ConfigMap`, '--overwrite');
    expect(await remove('short')).toHaveLength(3);
  });

  test.each([
    ['without its kinds', `${kindsAnnotation}-`, `its annotation ${kindsAnnotation} is missing`],
    ['with a wrong kind', `${kindsAnnotation}={"a"}`, `its annotation ${kindsAnnotation} has the entry "{\\"a\\"}"`],
    [
      'with a wrong namespace',
      `${namespacesAnnotation}=../x`,
      `its annotation ${namespacesAnnotation} has the entry "../x"`,
    ],
  ])('a record %s fails a deploy and a removal, and is kept', async (_, change, detail) => {
    await deployed('damaged', [configMap('a')]);
    await kubectl('annotate', 'configmap', 'slipway-damaged', change, '--overwrite');
    const expected = [
      {
        object: 'configmap/slipway-damaged',
        namespace: cluster.namespace,
        detail: expect.stringContaining(
          `the record of this deploy is damaged: ${detail}. Nothing was changed.`,
        ) as string,
      },
    ];
    expect(await problems('damaged', [configMap('a')])).toEqual(expected);
    expect(await at('damaged', []).remove(recordingWork().work)).toEqual({
      status: 'failed',
      failure: { code: 'delete-failed', problems: expected },
    });
    expect(expected[0]?.object && (await kubectl('get', 'configmap', 'slipway-damaged', '-o', 'name'))).not.toBe('');
    await kubectl('delete', 'configmap', 'slipway-damaged');
    expect(await remove('damaged')).toEqual(['ConfigMap/a removed']);
  });

  test.each(['../bad', 'Bad', ''])('a namespace %j is refused before anything is sent', async (namespace) => {
    const deployer = at('bad', [configMap('a')], { target: { client: cluster.client, namespace } });
    const { work } = recordingWork();
    for (const outcome of [await deployer.deploy(work), await deployer.remove(work)])
      expect(outcome).toMatchObject({
        status: 'failed',
        failure: { problems: [{ detail: expect.stringContaining('cannot be the name of a namespace') as string }] },
      });
  });
});
