import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  imageBuilderContract,
  type ImageBuilderUnderTest,
  type RegistryUnderTest,
} from '../../../../test/contracts/image-builder.contract.ts';
import { askEngine } from '../../../../test/rigs/ask-engine.ts';
import { baseImage, engines, hasContainerdStore } from '../../../../test/rigs/engines.ts';
import { isRunning } from '../../../../test/rigs/machine-process.ts';
import { recordingWork } from '../../../../test/rigs/recording-work.ts';
import { noRegistry, RegistryRig } from '../../../../test/rigs/registry.ts';
import { systemClock } from '../../../model/clock.ts';
import { Cancelled } from '../../../model/outcome.ts';
import { openSession } from '../docker-provider.ts';
import { DockerImageBuilder, type BuilderChoice } from './docker-image-builder.ts';

const { signal } = new AbortController();

const socketOf = (name: 'docker' | 'podman') => engines.find((engine) => engine.name === name)?.socket ?? '';
// With images in containerd, BuildKit uses a base image of another platform.
const checksPlatform = !(await hasContainerdStore(socketOf('docker')));

for (const [name, choice, traits] of [
  ['docker', 'default', { networks: ['none', 'host'], checksPlatform }],
  ['docker', 'classic', { secrets: false, ssh: [] }],
  // Podman 4 does not interrupt the command that a build is running.
  ['podman', 'default', { stopsAtOnce: false, ssh: [], cacheFrom: false, defaultNetwork: 'host' }],
] as const) {
  imageBuilderContract(`${name}, its ${choice} builder`, async () => await open(name, choice), traits);
}

describe.each(['docker', 'podman'] as const)('an archive on %s', (name) => {
  const socket = socketOf(name);
  const test = it.skipIf(socket === '');
  const session = async () => {
    const opened = await openSession(
      { kind: 'unix', path: socket },
      { env: {}, home: '/nowhere', uid: 0, clock: systemClock },
      signal,
    );
    if (typeof opened === 'string') throw new Error(opened);
    return opened.session;
  };
  const archiveOf = async (image: string) =>
    await (await session()).engine.open('GET', `/images/${image}/get`, { signal, deadlineMs: 'never' });

  test('is loaded under another name', async () => {
    const builder = new DockerImageBuilder(await session());
    const reference = `localhost/slipway-test/loaded-${randomBytes(6).toString('hex')}:2`;
    const { work } = recordingWork();
    const base = await builder.find(baseImage, signal);
    const loaded = await builder.load(await archiveOf(baseImage), reference, work);
    expect(loaded).toEqual({ status: 'succeeded', value: { id: expect.stringMatching(/^sha256:/) as unknown } });
    expect(await builder.find(reference, signal)).toMatchObject(loaded);
    expect(base).toMatchObject(loaded);
    await askEngine(socket, 'DELETE', `/images/${reference}`);
  });

  test('that is none is refused', async () => {
    const builder = new DockerImageBuilder(await session());
    const loaded = await builder.load(
      Readable.from([Buffer.from('no tar')]),
      'localhost/slipway-test/none:1',
      recordingWork().work,
    );
    expect(loaded).toMatchObject({ status: 'failed', failure: { code: 'build-failed' } });
  });

  test('stops after a cancellation', async () => {
    const builder = new DockerImageBuilder(await session());
    const { work } = recordingWork(AbortSignal.abort(new Cancelled('user')));
    const loaded = await builder.load(Readable.from([Buffer.alloc(1024)]), 'localhost/slipway-test/none:1', work);
    expect(loaded).toEqual({ status: 'cancelled', because: 'user' });
  });
});

async function open(
  name: 'docker' | 'podman',
  choice: BuilderChoice,
): Promise<ImageBuilderUnderTest | { skip: string }> {
  const socket = socketOf(name);
  if (socket === '') return { skip: `SLIPWAY_TEST_${name.toUpperCase()} does not name an engine` };
  const opened = await openSession(
    { kind: 'unix', path: socket },
    { env: {}, home: '/nowhere', uid: 0, clock: systemClock },
    signal,
  );
  if (typeof opened === 'string') throw new Error(opened);
  const rig = noRegistry === undefined ? await RegistryRig.start() : undefined;
  return {
    builder: new DockerImageBuilder(opened.session, choice),
    base: baseImage,
    registry: rig === undefined ? (noRegistry ?? '') : underTest(rig),
    async describeImage(reference) {
      const image = await askEngine(socket, 'GET', `/images/${reference}/json`);
      return image === undefined
        ? undefined
        : image + ((await askEngine(socket, 'GET', `/images/${reference}/history`)) ?? '');
    },
    goesOn: isRunning,
    removeImage: async (reference) => void (await askEngine(socket, 'DELETE', `/images/${reference}?force=1`)),
    async close() {
      opened.session.engine.close();
      await rig?.[Symbol.asyncDispose]();
    },
  };
}

function underTest(rig: RegistryRig): RegistryUnderTest {
  return {
    address: rig.address,
    login: RegistryRig.login,
    config: rig.config(),
    digest: async (repository, tag) => await rig.digest(repository, tag),
  };
}
