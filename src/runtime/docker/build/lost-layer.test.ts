import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { plainBuild } from '../../../../test/rigs/plain-build.ts';
import { recordingWork } from '../../../../test/rigs/recording-work.ts';
import { tarSource } from '../../../../test/rigs/tree.ts';
import { systemClock } from '../../../model/clock.ts';
import { openSession } from '../docker-provider.ts';
import { DockerImageBuilder } from './docker-image-builder.ts';

const { signal } = new AbortController();
const lostLayer = 'checking if cached image exists from a previous build: getting top layer info: layer not known';
const id = 'ab'.repeat(32);

/** Answers as Podman. Each build ends with the next one of these errors, then with an image. */
async function podmanThatFails(errors: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-podman-'));
  const contexts: number[] = [];
  const server = createServer((request, response) => {
    response.setHeader('Api-Version', '1.41').setHeader('Libpod-Api-Version', '4.3.1');
    if (!request.url?.includes('/build'))
      return void response.end(request.url?.includes('/images/') ? `{"Id":"sha256:${id}"}` : 'OK');
    let bytes = 0;
    request.on('data', (part: Buffer) => (bytes += part.length));
    request.on('end', () => {
      const error = errors[contexts.length];
      contexts.push(bytes);
      response.end(`${JSON.stringify(error === undefined ? { aux: { ID: id } } : { error })}\n`);
    });
  });
  const path = join(folder, 'socket');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const opened = await openSession(
    { kind: 'unix', path },
    { env: {}, home: '/nowhere', uid: 0, clock: systemClock },
    signal,
  );
  if (typeof opened === 'string') throw new Error(opened);
  return {
    builder: new DockerImageBuilder(opened.session),
    /** The size of each context that it was sent. */
    contexts,
    [Symbol.asyncDispose]: async () => {
      opened.session.engine.close();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}

test.each([
  ['a lost layer', [lostLayer], 2, { status: 'succeeded', value: { id: `sha256:${id}` } }],
  [
    'a layer that stays lost',
    [lostLayer, lostLayer, lostLayer, lostLayer],
    3,
    { status: 'failed', failure: { code: 'build-failed', detail: lostLayer } },
  ],
  ['another failure', ['no space for this'], 1, { status: 'failed', failure: { code: 'build-failed' } }],
])('Podman builds again after %s', async (_, errors, builds, expected) => {
  await using podman = await podmanThatFails(errors);
  const { work, text } = recordingWork();
  const context = tarSource([{ path: 'Dockerfile', content: 'FROM scratch\n' }]);
  expect(await podman.builder.build({ ...plainBuild, context }, work)).toMatchObject(expected);
  expect(podman.contexts).toHaveLength(builds);
  expect(new Set(podman.contexts).size).toBe(1);
  expect(podman.contexts[0]).toBeGreaterThan(512);
  expect(text().split('the build starts again')).toHaveLength(builds);
});
