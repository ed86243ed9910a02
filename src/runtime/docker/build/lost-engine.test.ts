import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { recordingWork } from '../../../../test/rigs/recording-work.ts';
import { baseImage, engines } from '../../../../test/rigs/engines.ts';
import { SocketProxy } from '../../../../test/rigs/socket-proxy.ts';
import { tarSource } from '../../../../test/rigs/tree.ts';
import { systemClock } from '../../../model/clock.ts';
import { openSession } from '../docker-provider.ts';
import { DockerImageBuilder } from './docker-image-builder.ts';

const { signal } = new AbortController();

describe.each(engines)('$name', ({ name, socket }) => {
  test.skipIf(socket === '')(
    `an engine that goes away in the middle of a build is lost (SLIPWAY_TEST_${name.toUpperCase()} names it)`,
    async () => {
      await using proxy = await SocketProxy.before(socket);
      const opened = await openSession(
        { kind: 'unix', path: proxy.path },
        { env: {}, home: '/nowhere', uid: 0, clock: systemClock },
        signal,
      );
      if (typeof opened === 'string') throw new Error(opened);
      const { work, until } = recordingWork();
      const word = randomBytes(6).toString('hex');
      const outcome = new DockerImageBuilder(opened.session).build(
        {
          context: tarSource([{ path: 'Dockerfile', content: `FROM ${baseImage}\nRUN echo ${word}; sleep 2\n` }]),
          dockerfile: 'Dockerfile',
          references: [],
          args: [],
          secrets: new Map(),
          labels: {},
          pull: 'missing',
          baseImages: [],
        },
        work,
      );
      await until(`\n${word}`);
      proxy.cut();
      expect(await outcome).toMatchObject({ status: 'failed', failure: { code: 'runtime-lost' } });
      // The message is Slipway's, not Node's.
      expect(await outcome).toMatchObject({ failure: { detail: expect.stringContaining('the engine') as string } });
      opened.session.engine.close();
    },
  );
});
