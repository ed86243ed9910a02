/** `slipway deploy --on docker` that is killed at any moment: the next deploy finishes it, and `delete` removes all of it. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { engineJson, engineObjects } from '../rigs/ask-engine.ts';
import { baseImage, engines } from '../rigs/engines.ts';
import { projectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';

/** How many containers, started or not, there are when the process is killed. */
const kills = [0, 1, 3, 5];

const pod = (name: string, spec: object) => ({
  metadata: { labels: { app: name } },
  spec: {
    terminationGracePeriodSeconds: 1,
    ...spec,
    containers: [
      {
        name: 'main',
        image: baseImage,
        command: ['sh', '-c', 'cat /settings/text && exec sleep 1000'],
        volumeMounts: [{ name: 'settings', mountPath: '/settings' }],
      },
    ],
    volumes: [{ name: 'settings', configMap: { name: 'settings' } }],
  },
});

const workload = (kind: string, name: string, spec: object, more: object = {}) => ({
  ...{ apiVersion: 'apps/v1', kind, metadata: { name } },
  spec: { selector: { matchLabels: { app: name } }, template: pod(name, spec), ...more },
});

const objects = [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { text: 'hello' } },
  workload('Deployment', 'plain', {}),
  workload('Deployment', 'twice', {}, { replicas: 2 }),
  workload('Deployment', 'slow', {
    initContainers: [{ name: 'setup', image: baseImage, command: ['sleep', '1'] }],
  }),
  workload('StatefulSet', 'store', {}, { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }] }),
];

const containers = ['plain', 'slow.main', 'slow.setup', 'store-0', 'twice', 'twice-1'];

for (const { name: engineName, host, socket } of engines)
  describe.skipIf(host === undefined)(`killed deploys on ${engineName}`, { timeout: 300_000 }, () => {
    test.each(kills)('are finished by the next one, and removed: after %i containers', async (count) => {
      const name = `killed-${randomBytes(4).toString('hex')}`;
      await using project = await projectDir({
        'skaffold.yaml': JSON.stringify({
          ...{ apiVersion: 'skaffold/v4beta13', kind: 'Config', metadata: { name } },
          manifests: { rawYaml: ['all.yaml'] },
        }),
        'all.yaml': objects.map((object) => JSON.stringify(object)).join('\n---\n'),
      });
      const env = { ...project.env, DOCKER_HOST: host ?? '' };
      const slipway = (...args: readonly string[]) => runCli([...args, '--on', 'docker'], { cwd: project.path, env });
      const listed = async () => {
        const found = await engineObjects(socket, { 'slipway.dev/deploy': name });
        const networks = (await engineJson(socket, '/networks')) as { Name: string }[];
        return {
          containers: found.containers.map(({ Names: [own = ''] }) => own.replace(`/${name}-`, '')).sort(),
          volumes: found.volumes.length,
          networks: networks.map((network) => network.Name).filter((each) => each.includes(name)),
        };
      };
      const isReached = (now: Awaited<ReturnType<typeof listed>>) =>
        count === 0 ? now.networks.length > 0 : now.containers.length >= count;
      const nothing = { containers: [], volumes: 0, networks: [] };
      try {
        const killed = slipway('deploy');
        let isOver = false;
        void killed.ended.then(() => (isOver = true));
        await expect.poll(async () => isOver || isReached(await listed()), { interval: 5 }).toBe(true);
        killed.signal('SIGKILL');
        expect(await killed.ended).toMatchObject({ signal: 'SIGKILL' });

        await slipway('deploy').exits(0);
        const deployed = await listed();
        expect(deployed).toMatchObject({ containers, networks: [`${name}-network`] });
        await slipway('deploy').exits(0);
        expect(await listed()).toEqual(deployed);

        const removal = slipway('delete');
        const left = async () => (await listed()).containers.length;
        await expect.poll(left, { interval: 5 }).toBeLessThanOrEqual(containers.length - count);
        removal.signal('SIGKILL');
        await removal.ended;
        await slipway('delete').exits(0);
        expect(await listed()).toEqual(nothing);
      } finally {
        await slipway('delete').ended;
      }
    });
  });
