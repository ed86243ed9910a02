import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { localDeployer } from '../../src/deploy/local/local-deployer.ts';
import { localStatusCheck } from '../../src/deploy/local/local-status-check.ts';
import type { Deployed } from '../../src/deploy/deployer.ts';
import type { KubernetesObject } from '../../src/deploy/kubernetes-object.ts';
import { systemClock } from '../../src/model/clock.ts';
import { succeeded, type Outcome } from '../../src/model/outcome.ts';
import { openEngine } from '../../src/runtime/docker/docker-provider.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { askEngine, engineJson } from './ask-engine.ts';
import { baseImage } from './engines.ts';
import { recordingWork } from './recording-work.ts';

type Object = Readonly<Record<string, unknown>>;

export const shell = (script: string) => ['sh', '-c', script];

export function workload(
  kind: string,
  name: string,
  spec: Object,
  more: Object = {},
  apiVersion = 'apps/v1',
): KubernetesObject {
  const template = { metadata: { labels: { app: name } }, spec };
  return {
    apiVersion,
    kind,
    metadata: { name },
    spec: { selector: { matchLabels: { app: name } }, template, ...more },
  };
}

export const deployment = (name: string, spec: Object, more: Object = {}) => workload('Deployment', name, spec, more);

export function service(name: string, port: number, targetPort: number, app = name): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app }, ports: [{ port, targetPort }] },
  };
}

export const config = (name: string, data: Object): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});
export const secret = (name: string, stringData: Object): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  stringData,
});

export const web = (text: string, port = 8080): KubernetesObject[] => [
  config('page', { 'index.html': text }),
  deployment('web', {
    containers: [
      {
        name: 'web',
        image: baseImage,
        command: ['httpd', '-f', '-p', String(port), '-h', '/www'],
        volumeMounts: [{ name: 'page', mountPath: '/www' }],
        readinessProbe: { httpGet: { path: '/index.html', port } },
      },
    ],
    volumes: [{ name: 'page', configMap: { name: 'page' } }],
  }),
  service('web', port, port),
];

/** Deploys objects to an engine under a name of its own. After each test, nothing with that name may be left. */
export function localDeploys(socket: string) {
  let runtime: Runtime | undefined;
  const name = `local-${randomBytes(4).toString('hex')}`;

  beforeAll(async () => {
    const opened = await openEngine(
      { kind: 'unix', path: socket },
      { env: {}, home: '/nowhere', uid: 0, clock: systemClock },
      new AbortController().signal,
    );
    if (typeof opened === 'string') throw new Error(opened);
    runtime = opened;
    expect(await everything()).toEqual([]);
  });
  afterEach(async () => {
    await deployer([]).remove(recordingWork().work);
    expect(await everything()).toEqual([]);
  });
  afterAll(async () => await runtime?.[Symbol.asyncDispose]());

  /** The names of what the deploy has. Others use the engine at the same time. */
  async function everything(): Promise<readonly string[]> {
    const [containers, { Volumes: volumes }, networks] = (await Promise.all([
      engineJson(socket, '/containers/json?all=1'),
      engineJson(socket, '/volumes'),
      engineJson(socket, '/networks'),
    ])) as [{ Names: string[] }[], { Volumes: { Name: string }[] | null }, { Name: string }[]];
    const names = [
      ...containers.flatMap(({ Names: all }) => all),
      ...(volumes ?? []).map(({ Name }) => Name),
      ...networks.map(({ Name }) => Name),
    ];
    return names
      .filter((each) => each.includes(name))
      .map((each) => each.replace(/^\//, '').replace(`${name}-`, ''))
      .sort();
  }

  function deployer(objects: readonly KubernetesObject[]) {
    const engine = runtime?.deployments;
    if (engine === undefined) throw new Error('the engine has no deploys');
    const manifests = async () =>
      await Promise.resolve(succeeded(objects.map((object) => ({ object, source: 'test' }))));
    return localDeployer({ engine, name, manifests });
  }

  async function deploy(objects: readonly KubernetesObject[], { work, observed } = recordingWork()) {
    const outcome = await deployer(objects).deploy(work);
    const notes = observed.flatMap((fact) => (fact.type === 'noted' ? [fact.message] : []));
    return { outcome, notes, changes: changesOf(outcome) };
  }

  async function ready(outcome: Outcome<Deployed>, more: { deadlineMs?: number } = {}): Promise<Outcome> {
    if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
    if (runtime?.deployments === undefined || runtime.running === undefined) throw new Error('no containers');
    const check = localStatusCheck({ engine: runtime.deployments, running: runtime.running, name, ...more });
    return await check.wait(outcome.value.objects, recordingWork().work);
  }

  async function isRunning(container: string): Promise<boolean> {
    const found = (await engineJson(socket, `/containers/${name}-${container}/json`)) as {
      State: { Running: boolean };
    } | null;
    return found?.State.Running === true;
  }

  async function labelsOf(container: string): Promise<unknown> {
    const found = (await engineJson(socket, `/containers/${name}-${container}/json`)) as {
      Config: { Labels: object };
    };
    return found.Config.Labels;
  }

  async function output(container: string): Promise<string> {
    return (await askEngine(socket, 'GET', `/containers/${name}-${container}/logs?stdout=1&stderr=1`)) ?? '';
  }

  return { name, everything, deployer, deploy, ready, isRunning, labelsOf, output };
}

function changesOf(outcome: Outcome<Deployed>): Record<string, string> {
  if (outcome.status !== 'succeeded') return { outcome: JSON.stringify(outcome) };
  return Object.fromEntries(
    outcome.value.objects.map(({ kind, name, change }) => [kind === 'Service' ? `${name} service` : name, change]),
  );
}
