import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
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
            command: shell('until nslookup web.default.svc; do sleep 0.1; done; echo 1 > /data/n'),
            volumeMounts: [{ name: 'work', mountPath: '/data' }],
          },
          {
            name: 'second',
            image: baseImage,
            command: shell('echo $(($(cat /data/n) + 1)) > /data/n'),
            volumeMounts: [{ name: 'work', mountPath: '/data' }],
          },
        ],
        containers: [
          {
            name: 'reader',
            image: baseImage,
            command: shell(
              'cat /data/n /etc/token /conf/sub/a; env | sort; id -u; cat /data/n > /data/m && echo ok; sleep 1000',
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
              { name: 'work', mountPath: '/data' },
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
      const labels = JSON.stringify(await labelsOf('reader.reader'));
      expect(labels).toContain('Secret default token');
      expect(labels).not.toMatch(/tok\\n|dG9rCg/);
      expect(text).toMatch(/ADDRESS=\d+\.\d+\.\d+\.\d+/);
    });

    it('leads the port of a Service to another port of the pod, and lets sidecars share its network', async () => {
      const pair = deployment('pair', {
        initContainers: [
          {
            name: 'proxy',
            image: baseImage,
            restartPolicy: 'Always',
            command: shell('mkdir -p /w; echo from proxy > /w/p; exec httpd -f -p 9000 -h /w'),
            startupProbe: { tcpSocket: { port: 9000 }, periodSeconds: 1 },
          },
          { name: 'check', image: baseImage, command: shell('wget -qO- http://127.0.0.1:9000/p') },
        ],
        containers: [
          {
            name: 'app',
            image: baseImage,
            ports: [{ name: 'http', containerPort: 8080 }],
            command: shell('mkdir -p /w; echo from app > /w/p; exec httpd -f -p 8080 -h /w'),
            readinessProbe: { tcpSocket: { port: 'http' } },
          },
        ],
      });
      const client = workload(
        'Job',
        'client',
        {
          restartPolicy: 'Never',
          containers: [
            {
              name: 'client',
              image: baseImage,
              command: shell(
                // Nothing promises that the pair is there first.
                'for i in $(seq 60); do a=$(nslookup pair.default | grep Address | tail -1 | cut -d" " -f2); wget -qO- http://$a:80/p && wget -qO- http://$a:9000/p && exit 0; sleep 0.5; done; exit 1',
              ),
            },
          ],
        },
        { backoffLimit: 3 },
        'batch/v1',
      );
      const { outcome, notes } = await deploy([
        pair,
        {
          ...service('pair', 80, 8080),
          spec: { selector: { app: 'pair' }, ports: [{ port: 80, targetPort: 'http' }] },
        },
        client,
      ]);
      expect(await ready(outcome)).toEqual(succeeded(undefined));
      expect(await output('client-job')).toMatch(/from app[^]*from proxy/);
      expect(notes.join('\n')).toMatch(/service\/pair port 80 is at 127\.0\.0\.1:\d+/);
      const again = await deploy([pair, service('pair', 80, 8080)]);
      expect(again.changes).toMatchObject({ pair: 'unchanged', client: 'removed' });
    });

    it('keeps the data of a claim when its workload is replaced', async () => {
      const counter = (more: string) =>
        workload(
          'StatefulSet',
          'db',
          {
            containers: [
              {
                name: 'db',
                image: baseImage,
                command: shell(`echo ${more} >> /data/log; cat /data/log; sleep 1000`),
                volumeMounts: [{ name: 'data', mountPath: '/data' }],
              },
            ],
          },
          { serviceName: 'db', volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }] },
        );
      await deploy([counter('one')]);
      const { outcome } = await deploy([counter('two')]);
      expect(await ready(outcome)).toEqual(succeeded(undefined));
      expect(await output('db-0')).toMatch(/one[^]*two/);
    });

    it.each([
      [
        'crash',
        { command: shell('echo broken; exit 3'), readinessProbe: { exec: { command: ['false'] } } },
        'container crash exited with code 3',
      ],
      ['missing', { image: 'localhost/no-such-image:1' }, 'image localhost/no-such-image:1 cannot be pulled'],
      ['program', { command: ['/no/such/program'] }, 'No such file or directory'],
      [
        'unready',
        { command: ['sleep', '1000'], readinessProbe: { httpGet: { port: 80 } } },
        'cannot connect to port 80',
      ],
      [
        'memory',
        {
          command: shell('tail /dev/zero'),
          resources: { limits: { memory: '16Mi' } },
          readinessProbe: { exec: { command: ['false'] } },
        },
        engineName === 'docker' ? 'more memory than its limit' : 'was ended by SIGKILL',
      ],
    ])('says why a workload is not ready: %s', async (own, container, expected) => {
      const { outcome } = await deploy([
        deployment(own, { containers: [{ name: own, image: baseImage, ...container }] }),
      ]);
      const end = outcome.status === 'succeeded' ? await ready(outcome, { deadlineMs: 8_000 }) : outcome;
      expect(JSON.stringify(end).replaceAll('\\', '')).toContain(expected);
      if (own === 'crash')
        expect(end).toMatchObject({
          failure: { problems: [{ lines: expect.arrayContaining(['broken']) as unknown }] },
        });
    });

    it('does not wait for an init container that waits for what failed', async () => {
      const { outcome } = await deploy([
        deployment('waits', {
          initContainers: [{ name: 'wait', image: baseImage, command: ['sleep', '1000'] }],
          containers: [{ name: 'waits', image: baseImage, command: ['sleep', '1000'] }],
        }),
        deployment('broken', { containers: [{ name: 'broken', image: 'localhost/no-such-image:1' }] }),
      ]);
      expect(outcome).toMatchObject({ failure: { problems: [{ object: 'deployment.apps/broken' }] } });
    });

    it('ends the sidecars of a Job with it', async () => {
      const job = workload(
        'Job',
        'task',
        {
          restartPolicy: 'Never',
          initContainers: [{ name: 'side', image: baseImage, restartPolicy: 'Always', command: ['sleep', '1000'] }],
          containers: [{ name: 'task', image: baseImage, command: shell('echo done') }],
        },
        {},
        'batch/v1',
      );
      const { outcome } = await deploy([job]);
      expect(await ready(outcome)).toEqual(succeeded(undefined));
      expect(await isRunning('task-job.side')).toBe(false);
      expect((await deploy([job])).changes).toEqual({ task: 'unchanged' });
    });

    it('gives a container with a read-only root its files, and a volume in memory to all', async () => {
      const { outcome } = await deploy([
        config('settings', { a: 'from config' }),
        deployment('locked', {
          containers: ['one', 'two'].map((own) => ({
            name: own,
            image: baseImage,
            securityContext: { readOnlyRootFilesystem: true },
            command: shell(
              own === 'one'
                ? 'cat /conf/a > /m/a; sleep 1000'
                : 'until cat /m/a; do sleep 0.1; done; df /m | tail -1; sleep 1000',
            ),
            readinessProbe: { exec: { command: ['test', '-s', '/m/a'] } },
            volumeMounts: [
              { name: 'conf', mountPath: '/conf' },
              { name: 'm', mountPath: '/m' },
            ],
          })),
          volumes: [
            { name: 'conf', configMap: { name: 'settings' } },
            { name: 'm', emptyDir: { medium: 'Memory' } },
          ],
        }),
      ]);
      expect(await ready(outcome, { deadlineMs: 20_000 })).toEqual(succeeded(undefined));
      expect(await output('locked.two')).toMatch(/from config[^]*tmpfs/);
    });

    it('tells which init container failed', async () => {
      const { outcome } = await deploy([
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'bad' },
          spec: {
            restartPolicy: 'Never',
            initContainers: [{ name: 'setup', image: baseImage, command: shell('echo no database; exit 4') }],
            containers: [{ name: 'bad', image: baseImage, command: ['sleep', '1000'] }],
          },
        },
      ]);
      expect(outcome).toMatchObject({
        failure: {
          problems: [{ object: 'pod/bad', detail: 'init container setup exited with code 4', lines: ['no database'] }],
        },
      });
    });

    it('finishes a deploy that was killed in the middle, and takes another port if the wanted one is not free', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      try {
        const objects = [
          ...web('hello', port),
          deployment('slow', {
            initContainers: [{ name: 'wait', image: baseImage, command: ['sleep', '1000'] }],
            containers: [{ name: 'slow', image: baseImage, command: ['sleep', '1000'] }],
          }),
        ];
        const stop = new AbortController();
        const killed = deployer(objects).deploy(recordingWork(stop.signal).work);
        while (!(await isRunning('slow.wait')) || !(await isRunning('web'))) await sleep(50);
        stop.abort();
        expect((await killed).status).toBe('cancelled');
        const now = [
          ...web('hello', port),
          deployment('slow', { containers: [{ name: 'slow', image: baseImage, command: ['sleep', '1000'] }] }),
        ];
        const { outcome, changes, notes } = await deploy(now);
        expect(changes).toMatchObject({ web: 'unchanged', slow: 'changed' });
        expect(await ready(outcome)).toEqual(succeeded(undefined));
        expect(notes.join('\n')).toMatch(
          new RegExp(`service/web port ${port} is at 127.0.0.1:\\d+ \\(port ${port} is not free\\)`),
        );
      } finally {
        server.close();
      }
    });

    it('changes nothing if a manifest cannot be run here', async () => {
      const cron = { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'nightly' }, spec: {} };
      const { outcome } = await deploy([...web('hello'), cron]);
      expect(outcome).toMatchObject({
        failure: { code: 'apply-failed', problems: [{ object: 'cronjob.batch/nightly' }] },
      });
      expect(await everything()).toEqual(before);
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
