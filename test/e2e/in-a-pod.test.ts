/**
 * Slipway in a pod without a kubeconfig: it uses the pod's service account, in its namespace, with the smallest role.
 */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pod } from '../../src/clusters/pods/pod-types.ts';
import { remoteCommand } from '../../src/clusters/api/remote-command.ts';
import { serviceAccountWithout } from '../rigs/cluster-account.ts';
import { baseImage } from '../rigs/engines.ts';
import { openTestCluster, type TestCluster } from '../rigs/test-cluster.ts';

const root = new URL('../../', import.meta.url).pathname;
const skip =
  process.platform !== 'linux'
    ? 'what this Node needs is found out on Linux only'
    : (process.env['SLIPWAY_TEST_KUBECONFIG'] ?? '') === ''
      ? 'no cluster (SLIPWAY_TEST_KUBECONFIG)'
      : undefined;

const pipeline = `make:
  one:
    artifacts: [made]
    container: {image: "${baseImage}", cmds: ["echo x > made; echo one"]}
use:
  red:
    container: {image: "${baseImage}", cmds: ["cat made; exit 3"]}
`;

/** This Node, this build and everything that they load, as a tar for `/`. */
function program(): NodeJS.ReadableStream {
  const modules = execFileSync('npm', ['ls', '--silent', '--omit=dev', '--all', '--parseable'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => path.includes('node_modules'));
  const addons = execFileSync('find', [...modules, '-path', '*-gnu/*.node'], { encoding: 'utf8' })
    .split('\n')
    .filter((path) => path !== '');
  const libraries = [process.execPath, ...addons].flatMap(
    (file) => execFileSync('ldd', [file], { encoding: 'utf8' }).match(/\/\S+\.so\S*/g) ?? [],
  );
  const fromRoot = [process.execPath, ...new Set(libraries)].map((path) => path.slice(1));
  const tar = spawn(
    'tar',
    [
      '-chf',
      '-',
      '-C',
      '/',
      ...fromRoot,
      '-C',
      root,
      'dist',
      'package.json',
      ...modules.map((path) => path.slice(root.length)),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  return tar.stdout;
}

describe.skipIf(skip !== undefined)(
  `Slipway in a pod${skip === undefined ? '' : `: ${skip}`}`,
  { timeout: 180_000 },
  () => {
    let cluster: TestCluster;
    beforeAll(async () => {
      const opened = await openTestCluster();
      if ('skip' in opened) throw new Error(opened.skip);
      cluster = opened;
    });
    afterAll(async () => await cluster[Symbol.asyncDispose]());

    async function within(
      pod: string,
      script: string,
      stdin?: AsyncIterable<Uint8Array>,
    ): Promise<{ readonly end: unknown; readonly said: string }> {
      let said = '';
      const hear = (bytes: Uint8Array) => void (said += Buffer.from(bytes).toString());
      const place = { namespace: cluster.namespace, pod, container: 'main' };
      const end = await remoteCommand(cluster.client, place, ['/bin/sh', '-c', script], {
        signal: AbortSignal.timeout(120_000),
        stdout: hear,
        stderr: hear,
        ...(stdin && { stdin }),
      });
      return { end, said };
    }

    it('runs steps with the service account of the pod, which owns their pods', async () => {
      const pods = `/api/v1/namespaces/${cluster.namespace}/pods`;
      const name = `slipway-${randomBytes(4).toString('hex')}`;
      const spec = {
        serviceAccountName: await serviceAccountWithout(cluster),
        restartPolicy: 'Never',
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'main', image: baseImage, imagePullPolicy: 'Never', command: ['sleep', '600'] }],
      };
      await cluster.client.json('POST', pods, {
        body: { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { is: 'slipway' } }, spec },
      });
      await expect
        .poll(async () => (await cluster.client.json<Pod>('GET', `${pods}/${name}`)).status?.phase, { timeout: 60_000 })
        .toBe('Running');
      expect(await within(name, 'tar -xf - -C /', program() as unknown as AsyncIterable<Uint8Array>)).toEqual({
        end: { code: 0 },
        said: '',
      });

      const run = await within(
        name,
        `mkdir /project && cd /project && cat > .wharf-ci.yml && HOME=/tmp ${process.execPath} /dist/slipway.js run --on kubernetes --keep-failed`,
        bytesOf(pipeline),
      );
      expect(run, run.said).toMatchObject({
        end: { code: 1 },
        said: expect.stringContaining(`namespace ${cluster.namespace}`) as string,
      });
      expect(run.said).toMatch(/one[^]*\| x\n[^]*exit code 3/);

      const { items } = await cluster.client.json<{ items: Pod[] }>('GET', pods, {
        query: { labelSelector: 'is!=slipway' },
      });
      expect(items.map(({ metadata }) => metadata.ownerReferences?.map((owner) => owner.name))).toEqual([[name]]);
      await cluster.client.json('DELETE', `${pods}/${name}`);
      await expect.poll(async () => await cluster.podsWith({}), { timeout: 60_000 }).toEqual([]);
    });
  },
);

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}
