/** Unusual images as steps on a real cluster: one with its own user, one with nothing but its program. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/model/clock.ts';
import type { Work } from '../../src/model/work.ts';
import { noKubernetesSettings, type KubernetesSettings } from '../../src/model/kubernetes-settings.ts';
import { kubernetesProvider } from '../../src/runtime/kubernetes/kubernetes-provider.ts';
import { labelKeys, type WorkloadRef, type WorkloadSpec } from '../../src/runtime/runtime.ts';
import { pushImage } from '../rigs/builder-images.ts';
import { callEngine, removeImage } from '../rigs/engine-images.ts';
import { baseImage, engines } from '../rigs/engines.ts';
import { fileEntry, tarOf } from '../rigs/tar-bytes.ts';
import { openTestCluster, type TestCluster } from '../rigs/test-cluster.ts';
import { describeTar, tarSource } from '../rigs/tree.ts';

const docker = engines.find(({ name }) => name === 'docker');
const registry = process.env['SLIPWAY_TEST_REGISTRY'];
const unready =
  docker?.host === undefined
    ? 'SLIPWAY_TEST_DOCKER does not name an engine'
    : registry === undefined
      ? 'SLIPWAY_TEST_REGISTRY does not name a registry'
      : undefined;
const cluster = unready === undefined ? await openTestCluster() : { skip: unready };
const missing = 'skip' in cluster ? cluster.skip : undefined;

describe(
  `images on a cluster${missing === undefined ? '' : `: ${missing}`}`,
  { timeout: 300_000, skip: missing !== undefined },
  () => {
    const repository = `${registry ?? ''}/slipway-test-${randomBytes(4).toString('hex')}`;
    const image = (kind: string) => `${repository}/${kind}:1`;
    const socket = docker?.socket ?? '';

    beforeAll(async () => {
      await build('user', `FROM ${baseImage}\nUSER 1234:2345\n`);
      await build(
        'bare',
        `FROM ${baseImage} AS base\nFROM scratch\nCOPY --from=base /bin/busybox /app/cat\nCOPY --from=base /bin/busybox /app/sleep\n`,
      );
    }, 120_000);
    afterAll(async () => {
      if (!('skip' in cluster)) await cluster[Symbol.asyncDispose]();
    });

    async function build(kind: string, dockerfile: string): Promise<void> {
      const local = `localhost/${image(kind).split('/').slice(1).join('/')}`;
      await callEngine(
        socket,
        'POST',
        `/build?t=${encodeURIComponent(local)}&version=1`,
        [200],
        await tarOf(fileEntry('Dockerfile', dockerfile)),
      );
      await pushImage(socket, local, image(kind));
      await removeImage(socket, local);
    }

    async function runtimeWith(settings: Partial<KubernetesSettings>) {
      const found = await kubernetesProvider({
        connection: async () => await Promise.resolve((cluster as TestCluster).connection),
        settings: { ...noKubernetesSettings, ...settings },
        clock: systemClock,
      }).connect(new AbortController().signal);
      if (found.status !== 'connected') throw new Error(JSON.stringify(found));
      return found.runtime;
    }

    function spec(kind: string, command: readonly string[]): WorkloadSpec {
      const run = randomBytes(8).toString('hex');
      return {
        name: `images-${run}`,
        labels: {
          [labelKeys.store]: 'test',
          [labelKeys.run]: run,
          [labelKeys.step]: '1.1.1',
          [labelKeys.attempt]: '1',
          [labelKeys.lifetime]: 'step',
        },
        lifetime: 'step',
        pull: 'missing',
        volumes: [
          {
            name: 'workspace',
            content: [
              tarSource([
                { path: 'a.txt', content: 'A' },
                { path: 'run.sh', mode: 0o700, content: 'echo ran' },
              ]),
            ],
          },
        ],
        containers: [
          {
            name: 'step',
            image: image(kind),
            command,
            env: {},
            mounts: [{ volume: 'workspace', path: '/mnt/repo' }],
            workingDirectory: { volume: 'workspace', path: '' },
          },
        ],
      };
    }

    const work: Work = {
      signal: new AbortController().signal,
      clock: systemClock,
      output: { write: () => undefined, lost: () => undefined, observe: () => undefined },
    };

    async function ran(settings: Partial<KubernetesSettings>, wanted: WorkloadSpec) {
      await using runtime = await runtimeWith(settings);
      const output: Uint8Array[] = [];
      const outcome = await runtime.start(wanted, {
        signal: new AbortController().signal,
        clock: systemClock,
        output: { write: () => undefined, lost: () => undefined, observe: () => undefined },
      });
      if (outcome.status !== 'succeeded') return { outcome };
      await using workload = outcome.value;
      for await (const chunk of workload.logs('step', {}, new AbortController().signal))
        if ('bytes' in chunk) output.push(chunk.bytes);
      const exit = await workload.exited('step');
      const tar = await workload.copyOut('step', '/mnt/repo', new AbortController().signal);
      return { exit, output: Buffer.concat(output).toString(), tree: tar && (await describeTar(tar)) };
    }

    const change = [
      '/bin/sh',
      '-ec',
      'id -u; ./run.sh; echo more >> a.txt; chmod 600 run.sh; mkdir made; echo x > made/file',
    ];
    it.each([
      ['with its own image as the helper', {}],
      ['with a helper that is root', { helperImage: baseImage }],
    ])('files belong to the user of the image, %s', async (_, settings) => {
      expect(await ran(settings, spec('user', change))).toMatchObject({
        exit: { code: 0 },
        output: '1234\nran\n',
        tree: { 'repo/a.txt': '644 Amore\n', 'repo/run.sh': '600 echo ran', 'repo/made/file': '644 x\n' },
      });
    });

    it('an image without a shell gets its files from the helper', async () => {
      expect(await ran({ helperImage: baseImage }, spec('bare', ['/app/cat', 'a.txt']))).toMatchObject({
        exit: { code: 0 },
        output: 'A',
        tree: { 'repo/a.txt': expect.stringMatching(/^6.. A$/) as string },
      });
    });

    it('an image without a shell or helper fails with advice and leaves nothing', async () => {
      const wanted = spec('bare', ['/app/cat', 'a.txt']);
      expect(await ran({}, wanted)).toMatchObject({
        outcome: {
          status: 'failed',
          failure: { code: 'start-failed', detail: expect.stringContaining('kubernetes.helperImage') as string },
        },
      });
      expect(await (cluster as TestCluster).podsWith(wanted.labels)).toEqual([]);
    });

    it('the cluster stops an image without a shell, with its grace period', async () => {
      await using runtime = await runtimeWith({ helperImage: baseImage });
      const outcome = await runtime.start(spec('bare', ['/app/sleep', '1000']), work);
      if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
      await using workload = outcome.value;
      await workload.stop(2_000);
      const exit = await workload.exited('step');
      expect('code' in exit ? exit.code : exit.failure.code).toSatisfy((end) => end === 137 || end === 143);
    });

    it('an image without a shell is adopted as soon as it has its files', async () => {
      const wanted = spec('bare', ['/app/sleep', '1000']);
      let filled = (): void => undefined;
      const isFilled = new Promise<void>((resolve) => (filled = resolve));
      const first = await runtimeWith({ helperImage: baseImage });
      const starting = first.start(wanted, {
        ...work,
        output: { ...work.output, observe: ({ type }) => type === 'workspace.filled' && filled() },
      });
      // A workload that does not start is never filled.
      await Promise.race([
        isFilled,
        starting.then(({ status }) => (status === 'succeeded' ? isFilled : expect.unreachable(`the start ${status}`))),
      ]);
      await using second = await runtimeWith({ helperImage: baseImage });
      const found: WorkloadRef[] = [];
      for await (const ref of second.find(wanted.labels, work.signal)) found.push(ref);
      const outcome = await second.adopt(found[0]!, work);
      if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
      await using adopted = outcome.value;
      await starting;
      await adopted.stop(0);
      expect(await adopted.exited('step')).toMatchObject({ code: 137 });
      await first[Symbol.asyncDispose]();
    });
  },
);
