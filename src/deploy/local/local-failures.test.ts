import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { baseImage, engines } from '../../../test/rigs/engines.ts';
import { config, deployment, localDeploys, shell, web } from '../../../test/rigs/local-deploys.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { succeeded } from '../../model/outcome.ts';

for (const { name: engineName, socket } of engines)
  describe.skipIf(socket === '')(`a deploy that fails on ${engineName}`, () => {
    const { deploy, deployer, ready, everything, isRunning } = localDeploys(socket);

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
        for (const each of ['slow.wait', 'web']) await expect.poll(async () => await isRunning(each)).toBe(true);
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
      expect(await everything()).toEqual([]);
    });

    const noFolder = { name: 'host', hostPath: { path: '/no/such/path', type: 'Directory' } };
    const refused: readonly (readonly [string, string, object[]])[] = [
      ['before it had a container', 'localhost/no-such-image:1', []],
      ['as a container was created', baseImage, [noFolder]],
    ];
    // Podman makes the folder.
    const here = refused.slice(0, engineName === 'docker' ? 2 : 1);

    it.each(here)('leaves no network and no volumes of a workload that failed %s', async (_, image, more) => {
      const volumes = [{ name: 'page', configMap: { name: 'page' } }, ...more] as { name: string }[];
      const volumeMounts = volumes.map(({ name }) => ({ name, mountPath: `/${name}` }));
      const containers = [{ name: 'web', image, command: ['sleep', '1000'], volumeMounts }];
      const { outcome } = await deploy([config('page', { a: 'x' }), deployment('web', { containers, volumes })]);
      expect(outcome).toMatchObject({ failure: { code: 'apply-failed' } });
      expect(await everything()).toEqual([]);
    });

    it('keeps what failed for its logs', async () => {
      const initContainers = [{ name: 'setup', image: baseImage, command: shell('exit 4') }];
      const containers = [{ name: 'web', image: baseImage }];
      const spec = { restartPolicy: 'Never', initContainers, containers };
      const { outcome } = await deploy([{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec }]);
      expect(outcome).toMatchObject({ failure: { code: 'apply-failed' } });
      expect(await everything()).toEqual(['network', 'web-pod.setup']);
    });

    it('leaves no network after a cancellation, and none without workloads', async () => {
      const stop = new AbortController();
      // It cannot end before it is cancelled.
      const endless = deployment('slow', {
        initContainers: [{ name: 'wait', image: baseImage, command: ['sleep', '1000'] }],
        containers: [{ name: 'slow', image: baseImage }],
      });
      const cancelled = deployer([...web('hello'), endless]).deploy(recordingWork(stop.signal).work);
      await expect.poll(everything, { interval: 5 }).not.toEqual([]);
      stop.abort();
      expect((await cancelled).status).toBe('cancelled');
      expect(await everything()).not.toEqual(['network']);
      await deploy(web('hello'));
      await deploy([deployment('web', { containers: [{ name: 'web', image: baseImage }] }, { replicas: 0 })]);
      expect(await everything()).toEqual([]);
    });

    it.each([
      [
        'a Deployment',
        deployment('ends', { containers: [{ name: 'ends', image: baseImage, command: shell('echo bye') }] }),
        // A busy machine counts more of them before it looks.
        /^container ends exited with code 0, ([4-9]|\d\d+) times, but it must keep running$/,
      ],
      [
        'a Pod that may end',
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'ends' },
          spec: {
            restartPolicy: 'Never',
            containers: [{ name: 'ends', image: baseImage, command: shell('echo bye') }],
          },
        },
        undefined,
      ],
    ])('says what a cluster says of a container that ends well: %s', async (_, object, expected) => {
      const { outcome } = await deploy([object]);
      expect(await ready(outcome, { deadlineMs: 20_000 })).toMatchObject(
        expected === undefined
          ? { status: 'succeeded' }
          : {
              failure: {
                problems: [
                  {
                    detail: expect.stringMatching(expected) as unknown,
                    lines: expect.arrayContaining(['bye']) as unknown,
                  },
                ],
              },
            },
      );
    });
  });
