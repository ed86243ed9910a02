import { randomBytes } from 'node:crypto';
import { get } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { askEngine, engineJson } from '../../../test/rigs/ask-engine.ts';
import { baseImage, engines } from '../../../test/rigs/engines.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { systemClock } from '../../model/clock.ts';
import { succeeded, type Outcome } from '../../model/outcome.ts';
import { openEngine } from '../../runtime/docker/docker-provider.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Deployed } from '../deployer.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { localDeployer } from './local-deployer.ts';
import { localStatusCheck } from './local-status-check.ts';

type Object = Readonly<Record<string, unknown>>;

const shell = (script: string) => ['sh', '-c', script];

function workload(
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

const deployment = (name: string, spec: Object, more: Object = {}) => workload('Deployment', name, spec, more);

function service(name: string, port: number, targetPort: number, app = name): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app }, ports: [{ port, targetPort }] },
  };
}

const config = (name: string, data: Object): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});
const secret = (name: string, stringData: Object): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  stringData,
});

const web = (text: string, port = 8080): KubernetesObject[] => [
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

for (const { name: engineName, socket } of engines)
  describe.skipIf(socket === '')(`a deploy on ${engineName}`, () => {
    let runtime: Runtime;
    const name = `local-${randomBytes(4).toString('hex')}`;
    let before: unknown;

    beforeAll(async () => {
      const opened = await openEngine(
        { kind: 'unix', path: socket },
        { env: {}, home: '/nowhere', uid: 0, clock: systemClock },
        new AbortController().signal,
      );
      if (typeof opened === 'string') throw new Error(opened);
      runtime = opened;
      before = await everything();
    });
    afterEach(async () => {
      await deployer([]).remove(recordingWork().work);
      expect(await everything()).toEqual(before);
    });
    afterAll(async () => await runtime[Symbol.asyncDispose]());

    /** The names of what this test may leave. Others use the engine at the same time. */
    async function everything(): Promise<unknown> {
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
      return names.filter((each) => each.includes(name)).sort();
    }

    function deployer(objects: readonly KubernetesObject[]) {
      const engine = runtime.deployments;
      if (engine === undefined) throw new Error('the engine has no deploys');
      const manifests = async () => succeeded(objects.map((object) => ({ object, source: 'test' })));
      return localDeployer({ engine, name, manifests });
    }

    async function deploy(objects: readonly KubernetesObject[], { work, observed } = recordingWork()) {
      const outcome = await deployer(objects).deploy(work);
      const notes = observed.flatMap((fact) => (fact.type === 'noted' ? [fact.message] : []));
      return { outcome, notes, changes: changesOf(outcome) };
    }

    async function ready(outcome: Outcome<Deployed>, more: { deadlineMs?: number } = {}): Promise<Outcome> {
      if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
      if (runtime.deployments === undefined || runtime.running === undefined) throw new Error('no containers');
      const check = localStatusCheck({ engine: runtime.deployments, running: runtime.running, name, ...more });
      return await check.wait(outcome.value.objects, recordingWork().work);
    }

    async function output(container: string): Promise<string> {
      return (await askEngine(socket, 'GET', `/containers/${name}-${container}/logs?stdout=1&stderr=1`)) ?? '';
    }

    it('runs a Deployment with a ConfigMap behind a Service, and redeploys what changed', async () => {
      const first = await deploy(web('hello'));
      expect(first.changes).toEqual({ page: 'created', web: 'created', 'web service': 'created' });
      expect(await ready(first.outcome)).toEqual(succeeded(undefined));
      const port = /service\/web port 8080 is at 127\.0\.0\.1:(\d+)/.exec(first.notes.join('\n'))?.[1];
      expect(await page(Number(port), '/index.html')).toBe('hello');

      const again = await deploy(web('hello'));
      expect(again.changes).toEqual({ page: 'unchanged', web: 'unchanged', 'web service': 'unchanged' });

      const changed = await deploy(web('bye'));
      expect(changed.changes).toEqual({ page: 'changed', web: 'changed', 'web service': 'unchanged' });
      expect(await ready(changed.outcome)).toEqual(succeeded(undefined));
      const later = /service\/web port 8080 is at 127\.0\.0\.1:(\d+)/.exec(changed.notes.join('\n'))?.[1];
      expect(await page(Number(later), '/index.html')).toBe('bye');
    });

    it('gives containers names, environment, files and init containers', async () => {
      const reader = deployment('reader', {
        initContainers: [
          {
            name: 'first',
            image: baseImage,
            command: shell('until nslookup web.default.svc; do sleep 0.1; done; echo 1 > /work/n'),
            volumeMounts: [{ name: 'work', mountPath: '/work' }],
          },
          {
            name: 'second',
            image: baseImage,
            command: shell('echo $(($(cat /work/n) + 1)) > /work/n'),
            volumeMounts: [{ name: 'work', mountPath: '/work' }],
          },
        ],
        containers: [
          {
            name: 'reader',
            image: baseImage,
            command: shell(
              'cat /work/n /etc/token /conf/sub/a; env | sort; id -u; cat /work/n > /work/m && echo ok; sleep 1000',
            ),
            args: [],
            env: [
              { name: 'WHO', value: 'me' },
              { name: 'GREETING', value: 'hello $(WHO), $$(WHO)' },
              { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'token', key: 'token' } } },
              { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
              { name: 'ADDRESS', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
            ],
            envFrom: [{ prefix: 'P_', configMapRef: { name: 'settings' } }],
            securityContext: { runAsUser: 1234 },
            resources: { limits: { memory: '64Mi', cpu: '500m' } },
            volumeMounts: [
              { name: 'work', mountPath: '/work' },
              { name: 'token', mountPath: '/etc/token', subPath: 'token' },
              { name: 'conf', mountPath: '/conf' },
            ],
          },
        ],
        volumes: [
          { name: 'work', emptyDir: {} },
          { name: 'token', secret: { secretName: 'token' } },
          { name: 'conf', configMap: { name: 'settings', items: [{ key: 'a', path: 'sub/a' }] } },
        ],
      });
      const { outcome } = await deploy([
        reader,
        secret('token', { token: 'tok\n' }),
        config('settings', { a: '5' }),
        ...web('x'),
      ]);
      expect(await ready(outcome)).toEqual(succeeded(undefined));
      const text = await output('reader.reader');
      for (const line of ['2', 'tok', '5', 'GREETING=hello me, $(WHO)', 'POD=reader', 'P_a=5', '1234', 'ok'])
        expect(text).toContain(line);
      expect(text).toMatch(/ADDRESS=\d+\.\d+\.\d+\.\d+/);
    });
  });

function changesOf(outcome: Outcome<Deployed>): Record<string, string> {
  if (outcome.status !== 'succeeded') return { outcome: JSON.stringify(outcome) };
  return Object.fromEntries(
    outcome.value.objects.map(({ kind, name, change }) => [kind === 'Service' ? `${name} service` : name, change]),
  );
}

async function page(port: number, path: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.once('end', () => resolve(Buffer.concat(parts).toString()));
    }).once('error', reject);
  });
}
