import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestCluster, type TestCluster } from '../../../test/rigs/test-cluster.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { Cancelled, succeeded, type ObjectProblem } from '../../model/outcome.ts';
import type { Deployed } from '../deployer.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { clusterDeployer, type ClusterDeployment } from './cluster-deployer.ts';

const opened = await openTestCluster();

describe.skipIf('skip' in opened)(`deploys to a cluster${'skip' in opened ? `: ${opened.skip}` : ''}`, () => {
  const cluster = opened as TestCluster;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-deploy-'));
    await writeFile(join(folder, 'kubeconfig'), cluster.kubeconfig);
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const kubectl = async (...args: readonly string[]) =>
    (await promisify(execFile)('kubectl', ['--kubeconfig', join(folder, 'kubeconfig'), ...args])).stdout;
  const target = () => ({ client: cluster.client, namespace: cluster.namespace });
  const at = (setName: string, objects: readonly KubernetesObject[], more: Partial<ClusterDeployment> = {}) =>
    clusterDeployer({
      target: target(),
      setName,
      manifests: async () => await Promise.resolve(succeeded(objects.map((object) => ({ object, source: 'test' })))),
      ...more,
    });
  const deploy = async (setName: string, objects: readonly KubernetesObject[], more?: Partial<ClusterDeployment>) => {
    const { work, observed } = recordingWork();
    const outcome = await at(setName, objects, more).deploy(work);
    return { outcome, observed };
  };
  const changesOf = ({ objects }: Deployed) =>
    objects.map(
      ({ kind, name, change, reason }) => `${kind}/${name} ${change}${reason === undefined ? '' : `: ${reason}`}`,
    );
  const deployed = async (setName: string, objects: readonly KubernetesObject[], more?: Partial<ClusterDeployment>) => {
    const { outcome } = await deploy(setName, objects, more);
    if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
    return changesOf(outcome.value);
  };
  const problems = async (
    setName: string,
    objects: readonly KubernetesObject[],
    more?: Partial<ClusterDeployment>,
  ): Promise<readonly ObjectProblem[]> => {
    const { outcome } = await deploy(setName, objects, more);
    if (outcome.status !== 'failed' || !('problems' in outcome.failure)) throw new Error(JSON.stringify(outcome));
    return outcome.failure.problems as readonly ObjectProblem[];
  };
  const remove = async (setName: string, more?: Partial<ClusterDeployment>) => {
    const outcome = await at(setName, [], more).remove(recordingWork().work);
    if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
    return changesOf(outcome.value);
  };

  const configMap = (name: string, data: Readonly<Record<string, string>> = { a: '1' }): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data,
  });
  const deployment = (name: string, more: object = {}): KubernetesObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              name: 'main',
              image: 'localhost/busybox:1',
              command: ['sleep', '1000'],
              env: [{ name: 'A', value: '1' }],
              ports: [{ containerPort: 80 }],
            },
          ],
        },
      },
      ...more,
    },
  });
  const secret: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'secret' },
    stringData: { a: 'b' },
  };

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
});
void Cancelled;
