import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll } from 'vitest';
import { clusterDeployer, type ClusterDeployment } from '../../src/deploy/cluster/cluster-deployer.ts';
import type { Deployed } from '../../src/deploy/deployer.ts';
import type { KubernetesObject } from '../../src/deploy/kubernetes-object.ts';
import { succeeded, type ObjectProblem } from '../../src/model/outcome.ts';
import type { Observation } from '../../src/model/work.ts';
import { recordingWork } from './recording-work.ts';
import type { TestCluster } from './test-cluster.ts';

/** Deploys sets of objects to a cluster, for the tests of one "describe". Closes the cluster after them. */
export function clusterDeploys(cluster: TestCluster) {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-deploy-'));
    await writeFile(join(folder, 'kubeconfig'), cluster.kubeconfig);
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    (
      await promisify(execFile)('kubectl', ['--kubeconfig', join(folder, 'kubeconfig'), ...args], {
        env: { ...process.env, ...env },
      })
    ).stdout;
  const kubectl = async (...args: readonly string[]) => await run(args);
  /** Applies an object with `kubectl apply --applyset`. */
  const kubectlApply = async (object: KubernetesObject, applySet: string) => {
    const file = join(folder, 'object.json');
    await writeFile(file, JSON.stringify(object));
    const args = ['-n', cluster.namespace, '--server-side', '--prune', `--applyset=${applySet}`, '-f', file];
    return await run(['apply', ...args], { KUBECTL_APPLYSET: 'true' });
  };
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

  const warningsIn = (observed: readonly Observation[]) =>
    observed.flatMap((fact) => (fact.type === 'noted' && fact.level === 'warning' ? [fact.message] : []));
  const removeWatched = async (setName: string, more?: Partial<ClusterDeployment>) => {
    const { work, observed } = recordingWork();
    const outcome = await at(setName, [], more).remove(work);
    if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
    return { changes: changesOf(outcome.value), warnings: warningsIn(observed) };
  };

  return {
    kubectl,
    kubectlApply,
    target,
    at,
    deploy,
    changesOf,
    deployed,
    problems,
    remove,
    warningsIn,
    removeWatched,
  };
}

export const configMap = (name: string, data: Readonly<Record<string, string>> = { a: '1' }): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});
export const deployment = (name: string, more: object = {}, pod: object = {}): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        ...pod,
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
export const definitionOf = (group: string): KubernetesObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `foos.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind: 'Foo', plural: 'foos' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { a: { type: 'string' } } } },
          },
        },
      },
    ],
  },
});
export const secret: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'secret' },
  stringData: { a: 'b' },
};
