import { describe, expect, test } from 'vitest';
import { clusterDeploys, configMap, definitionOf } from '../../../test/rigs/cluster-deploys.ts';
import { openTestCluster, type TestCluster } from '../../../test/rigs/test-cluster.ts';

const opened = await openTestCluster();

describe.skipIf('skip' in opened)(`objects that existed before${'skip' in opened ? `: ${opened.skip}` : ''}`, () => {
  const cluster = opened as TestCluster;
  const { kubectl, kubectlApply, deploy, deployed, problems, remove, removeWatched, warningsIn } =
    clusterDeploys(cluster);

  test('are taken over with a warning that names who set their fields, once', async () => {
    await kubectl('create', 'configmap', 'taken', '--from-literal=a=1');
    const { observed } = await deploy('taken', [configMap('taken')]);
    expect(warningsIn(observed)).toEqual([
      `configmap/taken in namespace ${cluster.namespace} existed and was in no deploy (its fields were set by kubectl-create): it is a part of this deploy now, and \`slipway delete\` will remove it`,
    ]);
    expect(warningsIn((await deploy('taken', [configMap('taken')])).observed)).toEqual([]);
    expect(await remove('taken')).toEqual(['ConfigMap/taken removed']);
  });

  test('are kept if the deploy failed before it applied them', async () => {
    await kubectl('create', 'configmap', 'planned', '--from-literal=a=2');
    expect(await problems('planned', [configMap('planned')])).toMatchObject([{ cause: 'conflict' }]);
    expect(await remove('planned')).toEqual([]);
    expect(await kubectl('get', 'configmap', 'planned', '-o', 'jsonpath={.data.a}')).toBe('2');
    await kubectl('delete', 'configmap', 'planned');
  });

  test('are kept if they are copies that only carry the marks', async () => {
    await deployed('copied', [configMap('one')]);
    const one = JSON.parse(await kubectl('get', 'configmap', 'one', '-o', 'json')) as {
      metadata: { labels: object; annotations: object };
    };
    const { labels, annotations } = one.metadata;
    await cluster.client.json('POST', `/api/v1/namespaces/${cluster.namespace}/configmaps`, {
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'copy', labels, annotations } },
    });
    expect(await deployed('copied', [configMap('two')])).toEqual([
      'ConfigMap/two created: it did not exist',
      'ConfigMap/one removed',
    ]);
    expect(await remove('copied')).toEqual(['ConfigMap/two removed']);
    expect(await kubectl('get', 'configmap', 'copy', '-o', 'name')).toBe('configmap/copy\n');
    await kubectl('delete', 'configmap', 'copy');
  });

  test('are a conflict if a Helm release has them', async () => {
    await kubectl('create', 'configmap', 'charted', '--from-literal=a=1');
    await kubectl(
      'annotate',
      'configmap',
      'charted',
      'meta.helm.sh/release-name=r',
      'meta.helm.sh/release-namespace=m',
    );
    expect(await problems('charted', [configMap('charted')])).toEqual([
      {
        object: 'configmap/charted',
        namespace: cluster.namespace,
        detail: expect.stringContaining('it belongs to the Helm release "r" in namespace m') as string,
        cause: 'other-owner',
      },
    ]);
    const { observed } = await deploy('charted', [configMap('charted')], { force: true });
    expect(warningsIn(observed)).toEqual([expect.stringContaining('belonged to the Helm release "r"')]);
    // The annotation stays.
    expect(await deployed('charted', [configMap('charted')])).toEqual(['ConfigMap/charted unchanged']);
    expect(await remove('charted')).toEqual(['ConfigMap/charted removed']);
  });

  test.each(['slipway', 'kubectl'])('are refused if they are a record of %s, also by force', async (tool) => {
    if (tool === 'slipway') await deployed('theirs', [configMap('x')]);
    else await kubectlApply(configMap('x'), 'configmap/slipway-theirs');
    for (const force of [false, true])
      expect(await problems('thief', [configMap('slipway-theirs')], { force })).toEqual([
        {
          object: 'configmap/slipway-theirs',
          namespace: cluster.namespace,
          detail: expect.stringMatching(
            /^it is the record of the ApplySet "(?:theirs|slipway-theirs)", which would/,
          ) as string,
          cause: 'other-owner',
        },
      ]);
    expect(await remove('thief')).toEqual([]);
    expect(await kubectl('get', 'configmap', 'slipway-theirs', '-o', 'name')).toBe('configmap/slipway-theirs\n');
    await kubectl('delete', 'configmap', 'slipway-theirs', 'x');
  });

  test('are kept if they are records that an older deploy has marked', async () => {
    await deployed('marked', [configMap('x')]);
    await deployed('marking', [configMap('y')]);
    const labels = await kubectl('get', 'configmap', 'y', '-o', 'jsonpath={.metadata.labels}');
    await cluster.client.json('PATCH', `/api/v1/namespaces/${cluster.namespace}/configmaps/slipway-marked`, {
      query: { fieldManager: 'slipway' },
      contentType: 'application/apply-patch+yaml',
      body: {
        ...{ apiVersion: 'v1', kind: 'ConfigMap' },
        metadata: { name: 'slipway-marked', labels: JSON.parse(labels) as object },
      },
    });
    expect(await problems('marking', [configMap('slipway-marked')])).toMatchObject([{ cause: 'other-owner' }]);
    expect(await remove('marking')).toEqual(['ConfigMap/y removed']);
    expect(await remove('marked')).toEqual(['ConfigMap/x removed']);
  });

  test('are a conflict if a set of another namespace has them, which is named', async () => {
    const other = `${cluster.namespace}-other`;
    await kubectl('create', 'namespace', other);
    const into = { target: { client: cluster.client, namespace: other } };
    const object = { ...configMap('far'), metadata: { name: 'far', namespace: cluster.namespace } };
    await deployed('far', [object], into);
    const [problem] = await problems('near', [configMap('far')]);
    expect(problem?.detail).toContain(`the ApplySet "far" in namespace ${other} (its record is configmap/slipway-far)`);
    await kubectl('delete', 'namespace', other, '--wait=false');
    await kubectl('delete', 'configmap', 'far');
  });

  test('a definition that others created is never removed', async () => {
    const group = `theirs.${cluster.namespace}.example.com`;
    const definition = definitionOf(group);
    await cluster.client.json('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: definition });
    await deployed('defined', [definition, configMap('a')], { force: true });
    const { changes, warnings } = await removeWatched('defined');
    expect(changes).toEqual(['ConfigMap/a removed']);
    expect(warnings).toEqual([expect.stringContaining('because it existed before this deploy')]);
    const marks = await kubectl(
      'get',
      'crd',
      `foos.${group}`,
      '-o',
      'jsonpath={.metadata.labels}{.metadata.annotations}',
    );
    expect(marks).toBe('');
    await kubectl('delete', 'crd', `foos.${group}`);
  });
});
