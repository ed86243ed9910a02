import { request } from 'node:http';
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { recordingWork } from '../../../../test/rigs/recording-work.ts';
import { baseImage, engines } from '../../../../test/rigs/engines.ts';
import { noRegistry, RegistryRig } from '../../../../test/rigs/registry.ts';
import { tarSource } from '../../../../test/rigs/tree.ts';
import { systemClock } from '../../../model/clock.ts';
import type { ImageBuild } from '../../image-builder.ts';
import { openSession } from '../docker-provider.ts';
import { DockerImageBuilder } from './docker-image-builder.ts';

const { signal } = new AbortController();

for (const [engine, choice] of [
  ['docker', 'default'],
  ['docker', 'classic'],
  ['podman', 'default'],
] as const) {
  const socket = engines.find(({ name }) => name === engine)?.socket ?? '';
  describe.skipIf(socket === '' || noRegistry !== undefined)(
    `${engine}, its ${choice} builder (needs the engine, and docker-registry)`,
    () => {
      test('a base image is pulled with the credentials, and anonymously without', async () => {
        const opened = await openSession(
          { kind: 'unix', path: socket },
          { env: {}, home: '/nowhere', uid: 0, clock: systemClock },
          signal,
        );
        if (typeof opened === 'string') throw new Error(opened);
        await using registry = await RegistryRig.start();
        const builder = new DockerImageBuilder(opened.session, choice);
        const image = `${registry.address}/slipway-test/${randomBytes(6).toString('hex')}:1`;
        const made = `localhost/slipway-test/${randomBytes(6).toString('hex')}:1`;
        const build = (from: string, more: Partial<ImageBuild>): ImageBuild => ({
          context: tarSource([
            { path: 'Dockerfile', content: `FROM ${from}\nRUN echo ${randomBytes(4).toString('hex')}\n` },
          ]),
          dockerfile: 'Dockerfile',
          references: [made],
          args: [],
          secrets: new Map(),
          labels: {},
          pull: 'missing',
          baseImages: [from],
          insecure: true,
          ...more,
        });
        try {
          expect((await builder.build(build(baseImage, { references: [image] }), recordingWork().work)).status).toBe(
            'succeeded',
          );
          expect(
            (await builder.push({ reference: image, login: RegistryRig.login, insecure: true }, recordingWork().work))
              .status,
          ).toBe('succeeded');
          await remove(socket, image);
          expect(
            await builder.build(build(image, { login: 'anonymous', pull: 'always' }), recordingWork().work),
          ).toMatchObject({ status: 'failed', failure: { code: 'image-unavailable', image } });
          const { work, text } = recordingWork();
          const outcome = await builder.build(
            build(image, { login: { config: registry.config() }, pull: 'always' }),
            work,
          );
          expect(outcome.status, text()).toBe('succeeded');
        } finally {
          for (const each of [image, made]) await remove(socket, each);
          opened.session.engine.close();
        }
      }, 60_000);
    },
  );
}

async function remove(socketPath: string, image: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    request({ socketPath, method: 'DELETE', path: `/v1.41/images/${image}?force=1` }, (answer) =>
      answer.resume().once('end', () => resolve()),
    )
      .on('error', reject)
      .end();
  });
}
