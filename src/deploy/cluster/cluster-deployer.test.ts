import { describe, expect, test } from 'vitest';
import { clusterDeploys, configMap, deployment, definitionOf, secret } from '../../../test/rigs/cluster-deploys.ts';
import { openTestCluster, type TestCluster } from '../../../test/rigs/test-cluster.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { Cancelled } from '../../model/outcome.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';

const opened = await openTestCluster();

describe.skipIf('skip' in opened)(`deploys to a cluster${'skip' in opened ? `: ${opened.skip}` : ''}`, () => {
  const cluster = opened as TestCluster;
  const { kubectl, kubectlApply, at, deploy, deployed, problems, remove } = clusterDeploys(cluster);

  test('applies objects, then only what changed, prunes, and removes everything', async () => {
    const service: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
    };
    const all = [deployment('web'), service, secret, configMap('one'), configMap('two')];
    expect(await deployed('whole', all)).toEqual([
      'Deployment/web created: it did not exist',
      'Service/web created: it did not exist',
      'Secret/secret created: it did not exist',
      'ConfigMap/one created: it did not exist',
      'ConfigMap/two created: it did not exist',
    ]);
    expect(await deployed('whole', all)).toEqual([
      'Deployment/web unchanged',
      'Service/web unchanged',
      'Secret/secret unchanged',
      'ConfigMap/one unchanged',
      'ConfigMap/two unchanged',
    ]);
    expect(await kubectl('get', 'secret', 'secret', '-o', 'jsonpath={.data.a}')).toBe('Yg==');
    const parent = JSON.parse(await kubectl('get', 'configmap', 'slipway-whole', '-o', 'json')) as {
      metadata: { annotations: Record<string, string>; labels: Record<string, string> };
    };
    expect(parent.metadata.annotations).toMatchObject({
      'applyset.kubernetes.io/tooling': 'slipway/v1',
      'applyset.kubernetes.io/contains-group-kinds': 'ConfigMap,Deployment.apps,Secret,Service',
      'applyset.kubernetes.io/additional-namespaces': '',
    });
    expect(await deployed('whole', [deployment('web', { replicas: 2 }), service, configMap('one')])).toEqual([
      'Deployment/web changed: its manifest changed',
      'Service/web unchanged',
      'ConfigMap/one unchanged',
      'ConfigMap/two removed',
      'Secret/secret removed',
    ]);
    expect(
      await kubectl(
        'get',
        'configmap',
        'slipway-whole',
        '-o',
        'jsonpath={.metadata.annotations.applyset\\.kubernetes\\.io/contains-group-kinds}',
      ),
    ).toBe('ConfigMap,Deployment.apps,Service');
    expect((await remove('whole')).sort()).toEqual([
      'ConfigMap/one removed',
      'Deployment/web removed',
      'Service/web removed',
    ]);
    expect(await kubectl('get', 'all,configmaps,secrets', '-o', 'name')).toBe('configmap/kube-root-ca.crt\n');
    expect(await remove('whole')).toEqual([]);
  });

  test('generated names give a new object each time, and all of them are removed', async () => {
    const job = { ...configMap(''), metadata: { generateName: 'made-' } };
    expect(await deployed('generated', [job])).toHaveLength(1);
    expect(await deployed('generated', [job])).toEqual([expect.stringMatching(/^ConfigMap\/made-\w{5} created/)]);
    expect(await remove('generated')).toHaveLength(2);
  });

  test('an object that another client changed is applied again, one with a field added is not', async () => {
    const all = [deployment('drift'), configMap('drift')];
    await deployed('drift', all);
    await kubectl('label', 'deployment', 'drift', 'extra=1');
    expect(await deployed('drift', all)).toEqual(['Deployment/drift unchanged', 'ConfigMap/drift unchanged']);
    await kubectl('scale', 'deployment', 'drift', '--replicas=2');
    const scaled = ['Deployment/drift changed: kubectl changed spec.replicas', 'ConfigMap/drift unchanged'];
    expect(await problems('drift', all)).toMatchObject([{ object: 'deployment.apps/drift', cause: 'conflict' }]);
    expect(await deployed('drift', all, { force: true })).toEqual(scaled);
    expect(await kubectl('get', 'deployment', 'drift', '-o', 'jsonpath={.spec.replicas}')).toBe('1');
    await kubectl('scale', 'deployment', 'drift', '--replicas=2');
    await kubectl(
      'patch',
      'deployment',
      'drift',
      '--type=json',
      '-p',
      '[{"op":"remove","path":"/spec/template/spec/containers/0/env"}]',
    );
    await kubectl('patch', 'configmap', 'drift', '-p', '{"data":{"a":"2"}}');
    const expected = [
      'Deployment/drift changed: kubectl changed spec.replicas',
      'ConfigMap/drift changed: kubectl-patch changed data.a',
    ];
    expect(await problems('drift', all)).toEqual([
      // `kubectl scale` took this field, and its value differs.
      expect.objectContaining({
        object: 'deployment.apps/drift',
        cause: 'conflict',
        detail: expect.stringMatching(/^kubectl owns spec.replicas: /) as string,
      }),
      expect.objectContaining({
        object: 'configmap/drift',
        cause: 'conflict',
        detail: expect.stringMatching(/^kubectl-patch owns data.a: /) as string,
      }),
    ]);
    expect(await deployed('drift', all, { force: true })).toEqual(expected);
    expect(await deployed('drift', all)).toEqual(['Deployment/drift unchanged', 'ConfigMap/drift unchanged']);
    await remove('drift');
  });

  test('objects that exist are taken over, and are a part of the set from then on', async () => {
    await kubectl('create', 'configmap', 'taken', '--from-literal=a=1');
    expect(await deployed('taken', [configMap('taken')])).toEqual([
      'ConfigMap/taken changed: it existed, but not as a part of this deploy',
    ]);
    expect(await remove('taken')).toEqual(['ConfigMap/taken removed']);
  });

  test('an object of another ApplySet is a conflict, and belongs to this one only by force', async () => {
    await deployed('owner', [configMap('owned')]);
    expect(await problems('thief', [configMap('owned'), configMap('own')])).toEqual([
      {
        object: 'configmap/owned',
        namespace: cluster.namespace,
        detail: `it belongs to the ApplySet "owner" in namespace ${cluster.namespace} (its record is configmap/slipway-owner): remove it from these manifests; to move it here, deploy with --force first, and then remove it from the manifests of "owner"`,
        cause: 'other-owner',
      },
    ]);
    expect(await remove('thief')).toEqual(['ConfigMap/own removed']);
    expect(await deployed('owner', [configMap('owned')])).toEqual(['ConfigMap/owned unchanged']);
    expect(await deployed('thief', [configMap('owned')], { force: true })).toEqual([
      'ConfigMap/owned changed: it existed, but not as a part of this deploy',
    ]);
    expect(await remove('owner')).toEqual([]);
    expect(await remove('thief')).toEqual(['ConfigMap/owned removed']);
  });

  test('all problems of a rank are reported, and only what needs a failed object does not start', async () => {
    const bad = { ...configMap('bad'), dota: {} };
    const using = deployment('using', {}, { volumes: [{ name: 'v', configMap: { name: 'bad' } }] });
    const unknown = { apiVersion: 'example.com/v1', kind: 'Nothing', metadata: { name: 'x' } };
    const elsewhere = { ...configMap('e'), metadata: { name: 'e', namespace: 'slipway-no-such' } };
    const { outcome, observed } = await deploy('problems', [bad, elsewhere, using, deployment('free'), unknown]);
    expect(outcome).toEqual({
      status: 'failed',
      failure: {
        code: 'apply-failed',
        problems: [
          {
            object: 'configmap/bad',
            namespace: cluster.namespace,
            detail: 'dota: the cluster knows no such field',
            cause: 'invalid',
          },
          {
            object: 'configmap/e',
            namespace: 'slipway-no-such',
            detail: 'the cluster has no namespace "slipway-no-such": create it, or add it to the manifests',
            cause: 'no-namespace',
          },
          {
            object: 'deployment.apps/using',
            namespace: cluster.namespace,
            detail: 'it was not applied, because it needs configmap/bad',
          },
          expect.objectContaining({ object: 'nothing.example.com/x', cause: 'no-kind' }),
        ],
      },
    });
    expect(observed).toEqual([expect.objectContaining({ type: 'object.applied', object: 'deployment.apps/free' })]);
    expect(await remove('problems')).toEqual(['Deployment/free removed']);
  });

  test('an object whose fields cannot change is created again with force', async () => {
    const job = (command: string): KubernetesObject => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'job' },
      spec: {
        template: {
          spec: {
            restartPolicy: 'Never',
            containers: [{ name: 'c', image: 'localhost/busybox:1', command: [command] }],
          },
        },
      },
    });
    await deployed('immutable', [job('true')]);
    expect(await problems('immutable', [job('false')])).toEqual([
      expect.objectContaining({
        object: 'job.batch/job',
        cause: 'immutable',
        lines: ['spec.template: field is immutable'],
      }),
    ]);
    expect(await deployed('immutable', [job('false')], { force: true })).toEqual([
      'Job/job changed: it was created again, because spec.template: field is immutable',
    ]);
    await remove('immutable');
  });

  test('a definition and a custom resource are deployed and removed in one go', async () => {
    const group = `${cluster.namespace}.example.com`;
    const definition = definitionOf(group);
    const foo = { apiVersion: `${group}/v1`, kind: 'Foo', metadata: { name: 'foo' }, spec: { a: 'b' } };
    expect(await deployed('custom', [foo, definition])).toEqual([
      'Foo/foo created: it did not exist',
      `CustomResourceDefinition/foos.${group} created: it did not exist`,
    ]);
    expect(await deployed('custom', [foo, definition])).toEqual([
      'Foo/foo unchanged',
      `CustomResourceDefinition/foos.${group} unchanged`,
    ]);
    expect(await remove('custom')).toEqual(['Foo/foo removed', `CustomResourceDefinition/foos.${group} removed`]);
    expect(await remove('custom')).toEqual([]);
  });

  test('nothing to deploy in place of something is a failure', async () => {
    expect(await deployed('emptied', [])).toEqual([]);
    await deployed('emptied', [configMap('kept')]);
    expect(await problems('emptied', [])).toEqual([
      expect.objectContaining({ object: 'configmap/kept', namespace: cluster.namespace }),
    ]);
    expect(await deployed('emptied', [], { allowEmpty: true })).toEqual(['ConfigMap/kept removed']);
    await remove('emptied');
  });

  test('a deploy that ends in the middle is finished, or removed, by the next', async () => {
    const all = Array.from({ length: 30 }, (_, index) => configMap(`half-${index}`));
    for (const next of ['deploy', 'remove']) {
      const stop = new AbortController();
      const { work } = recordingWork(stop.signal);
      let count = 0;
      const observe = () => {
        if (++count === 5) stop.abort(new Cancelled('user'));
      };
      const outcome = await at('half', all).deploy({ ...work, output: { ...work.output, observe } });
      expect(outcome).toEqual({ status: 'cancelled', because: 'user' });
      if (next === 'deploy') expect(await deployed('half', all)).toHaveLength(30);
      expect((await remove('half')).length).toBeGreaterThan(4);
      expect(await kubectl('get', 'configmaps', '-o', 'name')).not.toContain('half');
    }
  });

  test('kubectl reads the record, and leaves it to Slipway', async () => {
    await deployed('read', [configMap('read')]);
    const failure = kubectlApply(configMap('other'), 'configmap/slipway-read');
    await expect(failure).rejects.toThrow(/managed by tooling "slipway" instead of "kubectl"/);
    await remove('read');
  });

  test('a manifest with the name of the record is refused, and the record is never pruned', async () => {
    await deployed('record', [configMap('a')]);
    expect(await problems('record', [configMap('b'), configMap('slipway-record')])).toEqual([
      expect.objectContaining({ object: 'configmap/slipway-record', cause: 'invalid' }),
    ]);
    expect(await kubectl('get', 'configmap', 'b', '--ignore-not-found')).toBe('');
    const id = await kubectl('get', 'configmap', 'a', '-o', 'jsonpath={.metadata.labels}');
    const label = Object.entries(JSON.parse(id) as Record<string, string>)[0]?.join('=') ?? '';
    await kubectl('label', 'configmap', 'slipway-record', label);
    expect(await deployed('record', [configMap('a')])).toEqual(['ConfigMap/a unchanged']);
    expect(await kubectl('get', 'configmap', 'slipway-record', '-o', 'name')).toBe('configmap/slipway-record\n');
    expect(await remove('record')).toEqual(['ConfigMap/a removed']);
    expect(await kubectl('get', 'configmap', 'slipway-record', '--ignore-not-found')).toBe('');
  });

  test('a ConfigMap of others is never taken for the record', async () => {
    await kubectl('create', 'configmap', 'slipway-foreign');
    expect(await problems('foreign', [configMap('x')])).toEqual([
      expect.objectContaining({
        object: 'configmap/slipway-foreign',
        detail: expect.stringContaining('not the record') as string,
      }),
    ]);
    await kubectl('delete', 'configmap', 'slipway-foreign');
  });
});
