import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { askEngine } from '../../../../test/rigs/ask-engine.ts';
import { baseImage, engines, hasContainerdStore } from '../../../../test/rigs/engines.ts';
import { plainBuild } from '../../../../test/rigs/plain-build.ts';
import { recordingWork } from '../../../../test/rigs/recording-work.ts';
import { tarSource } from '../../../../test/rigs/tree.ts';
import { systemClock } from '../../../model/clock.ts';
import type { ImageBuild } from '../../image-builder.ts';
import { openSession } from '../docker-provider.ts';
import { DockerImageBuilder, type BuilderChoice } from './docker-image-builder.ts';

const { signal } = new AbortController();
const socket = engines.find(({ name }) => name === 'docker')?.socket ?? '';

/**
 * What the contract cannot see: every engine also has a cache of its own. With images in containerd, BuildKit asks the
 * registry for the cache, and the classic builder fails for an image that is missing.
 */
describe.skipIf(socket === '' || (await hasContainerdStore(socket)))(
  'cacheFrom of Docker with its own image store (SLIPWAY_TEST_DOCKER names it)',
  () => {
    const made: string[] = [];
    afterEach(async () => {
      for (const image of made.splice(0)) await askEngine(socket, 'DELETE', `/images/${image}?force=1`);
    });
    const unique = () => randomBytes(6).toString('hex');

    /** Returns what the build prints. */
    const build = async (choice: BuilderChoice, word: string, more: Partial<ImageBuild>): Promise<string> => {
      const opened = await openSession(
        { kind: 'unix', path: socket },
        { env: {}, home: '/nowhere', uid: 0, clock: systemClock },
        signal,
      );
      if (typeof opened === 'string') throw new Error(opened);
      const references = [`localhost/slipway-test/${unique()}:1`];
      made.push(...references);
      const { work, text } = recordingWork();
      const context = tarSource([
        { path: 'Dockerfile', content: `FROM ${baseImage}\nARG BUILDKIT_INLINE_CACHE\nRUN echo ${word}\n` },
      ]);
      const outcome = await new DockerImageBuilder(opened.session, choice).build(
        { ...plainBuild, context, references, baseImages: [baseImage], ...more },
        work,
      );
      opened.session.engine.close();
      expect(outcome, text()).toMatchObject({ status: 'succeeded' });
      return text();
    };

    test('the classic builder uses only these images', async () => {
      const word = unique();
      const reference = `localhost/slipway-test/${unique()}:1`;
      made.push(reference);
      await build('classic', word, { references: [reference] });
      expect(await build('classic', word, { cacheFrom: ['localhost/slipway-test/missing:1'] })).toContain(
        `\n${word}\n`,
      );
      expect(await build('classic', word, { cacheFrom: [reference] })).not.toContain(`\n${word}\n`);
    });

    test('BuildKit reads the cache that the image holds', async () => {
      const word = unique();
      const reference = `localhost/slipway-test/${unique()}:1`;
      made.push(reference);
      const args = [{ name: 'BUILDKIT_INLINE_CACHE', value: '1' }];
      await build('default', word, { references: [reference], args });
      const text = await build('default', word, { args, cacheFrom: [reference] });
      // Other actions run in parallel, so their lines may be between these.
      expect(text).toMatch(new RegExp(`^#(\\d+) importing cache manifest from ${reference}\n[^]*^#\\1 done$`, 'm'));
    });
  },
);
