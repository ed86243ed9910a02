import { get } from 'node:http';
import { describe, expect, it } from 'vitest';
import { askEngine } from '../../../test/rigs/ask-engine.ts';
import { baseImage, engines } from '../../../test/rigs/engines.ts';
import {
  config,
  deployment,
  localDeploys,
  secret,
  service,
  shell,
  web,
  workload,
} from '../../../test/rigs/local-deploys.ts';
import { succeeded } from '../../model/outcome.ts';

for (const { name: engineName, socket } of engines)
  describe.skipIf(socket === '')(`a deploy on ${engineName}`, () => {
    const { name, deploy, everything, ready, isRunning, labelsOf, output } = localDeploys(socket);

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

    it('uses no volume that another program made', async () => {
      const volume = `${name}-default.d`;
      await askEngine(socket, 'POST', '/volumes/create', { Name: volume });
      const { outcome } = await deploy([
        deployment('db', {
          containers: [
            {
              ...{ name: 'db', image: baseImage, command: ['sleep', '1000'] },
              volumeMounts: [{ name: 'd', mountPath: '/d' }],
            },
          ],
          volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'd' } }],
        }),
      ]);
      expect(outcome).toMatchObject({
        status: 'failed',
        failure: {
          code: 'apply-failed',
          problems: [{ detail: expect.stringContaining('no deploy of Slipway made it') as string }],
        },
      });
      expect(await everything()).toContain('default.d');
      await askEngine(socket, 'DELETE', `/volumes/${volume}`);
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
  });

async function page(port: number, path: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.once('end', () => resolve(Buffer.concat(parts).toString()));
    }).once('error', reject);
  });
}
